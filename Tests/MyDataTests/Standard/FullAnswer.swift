import Finance
import MyData

/// An answer of one row with every field that the table has, to be changed in one place.
struct FullAnswer {
    /// How values are written.
    enum Form { case strings, scalars }

    let api: StandardAPI
    var form = Form.strings
    /// Raw JSON in place of a field's value; nil leaves the field out.
    var changes: [String: String?] = [:]
    /// Members that the standard does not have, raw.
    var further = ""

    init(_ api: StandardAPI) { self.api = api }

    var call: StandardCall {
        StandardCall(api.api, api.parameters.map { .init($0, FullAnswer.parameter($0)) })
    }

    var industry: Industry { api.industries[0] }

    private static func parameter(_ name: String) -> String {
        switch name {
        case "charge_month": "202608"
        case "seqno": "7"
        default: "P1"
        }
    }

    var body: String {
        var members = ["\"rsp_code\":\"00000\"", "\"rsp_msg\":\"ok\""]
        let row = String(
            (api.fields.compactMap(member).map { "," + $0 }.joined() + further).dropFirst()
        )
        if let list = api.listName {
            members += api.bodyFields.dropFirst(4).compactMap(member)
            members.append("\"\(list)\":[{\(row)}]")
        } else if !row.isEmpty {
            members.append(row)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private func member(_ field: WireField) -> String? {
        if let change = changes[field.name] {
            return change.map { "\"\(field.name)\":\($0)" }
        }
        return "\"\(field.name)\":\(written(field))"
    }

    private func written(_ field: WireField) -> String {
        let value = value(field)
        guard form == .scalars, field.type != .list else {
            return field.type == .list ? value : "\"\(value)\""
        }
        switch field.type {
        case .integer, .decimal, .boolean, .date, .month, .moment: return value
        case .code where value.allSatisfy(\.isNumber):
            return String(value.drop { $0 == "0" })
        default: return "\"\(value)\""
        }
    }

    /// A value of the field's type that is not what the field's absence means.
    private func value(_ field: WireField) -> String {
        switch field.type {
        case .integer: return field.name.hasSuffix("_cnt") ? "1" : "12"
        case .decimal(let digits, let scale):
            return digits - scale < 3 ? "1.25" : "123.5"
        case .boolean: return "true"
        case .date: return "20260904"
        case .month: return "202609"
        case .moment: return "20260904123456"
        case .text: return "들꽃"
        case .word(let count): return String("W1234567890".prefix(count))
        case .list: return nested(field.name)
        case .code: return code(field.name)
        }
    }

    private func nested(_ name: String) -> String {
        switch name {
        case "int_list":
            #"[{"int_start_date":"20260801","int_end_date":"20260831","int_rate":"3.5","#
                + #""applied_int_amt":"100","int_type":"01"}]"#
        case "insured_list":
            #"[{"insured_no":"1","insured_name":"김*수","is_primary":"true"}]"#
        case "account_list": #"[{"account_id":"a1"}]"#
        default: "[]"
        }
    }

    private func code(_ name: String) -> String {
        switch (name, api.id.prefix(2)) {
        case ("trans_type", "금투"): "341"
        case ("trans_type", "전금"): api.id == "전금-103" ? "6101" : "5501"
        case ("trans_type", "선불"): "5101"
        case ("account_type", "금투"): "101"
        case ("account_type", "보험"): "3400"
        case ("account_type", "할부"): "3100"
        case ("account_type", _): "1001"
        case ("prod_type", "금투"): "401"
        case ("insu_status", "보증"): "01"
        case ("insu_status", _), ("contract_status", _): "02"
        case ("status", "보험"): "02"
        case ("card_member", _): "1"
        case ("card_brand", _): "I01"
        case ("currency_code", _), ("pri_currency_code", _): "USD"
        case ("country_code", _): "US"
        case ("trans_category", _): "A1"
        case ("pay_cycle", _), ("pension_rcv_cycle", _): "1M"
        case ("ex_code", _): "101"
        case ("type", _): "1"
        default: "01"
        }
    }
}

extension Answer {
    /// Events of the asset and of the assets that are listed.
    func allEvents() throws -> [Event] {
        try decoded() + assets.flatMap { try MyDataTests.decoded($0.events) }
    }
}

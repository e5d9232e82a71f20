import Collector
import Finance
import Frame
import MyData
import Sandbox
import Testing
import Vault

/// What a provider may say at once that is more than one opening of compartments takes.
struct ManyAssetsTests {
    @Test
    func `a list of three hundred accounts that comes back empty closes each of them once`()
        async throws
    {
        try await Town.open(ReachTests.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            let count = VaultLimit.namesPerOpeningMax + 44
            for (accounts, mark) in [(count, "1"), (0, "2")] {
                let list = Self.list(accounts, mark)
                town.script.set { $0.call.api == .bank001 ? .body(list) : nil }
                let outcome = try await collector.collect(subject, from: bank, for: .userRefresh)
                #expect(outcome.isComplete)
            }
            let state = try town.collector().books.book(of: subject).state
            let listed = state.assets.values.filter {
                $0.provider == bank && $0.kind == UInt32(AssetKind.deposit.rawValue)
            }
            #expect(listed.count == count)
            #expect(listed.allSatisfy { $0.closedAt == town.clock.seconds })
            // The evidence says it once, and each asset of its own.
            let closed = try town.evidence(of: subject).flatMap(\.transferCompleted.closed)
            #expect(Set(closed).count == count && closed.count == count)
            #expect(try town.vault.assets(of: subject).count >= count)
        }
    }

    /// 은행-001 with accounts that the person did not ask for: they are listed, and not asked about.
    private static func list(_ count: Int, _ mark: String) -> [UInt8] {
        let rows = (0..<count).map { number in
            #"{"account_num":"7\#(number)","is_consent":"false","seqno":"","#
                + #""is_foreign_deposit":"false","prod_name":"p","is_minus":"false","#
                + #""account_type":"1001","account_status":"01"}"#
        }
        let text =
            #"{"rsp_code":"00000","rsp_msg":"","search_timestamp":"\#(mark)","#
            + #""reg_date":"20200101","account_cnt":"\#(count)","account_list":["#
            + rows.joined(separator: ",") + "]}"
        return Array(text.utf8)
    }
}

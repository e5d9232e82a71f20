import Testing

@testable import Vault

@Suite struct WireTests {
    private func number(_ bytes: [UInt8]) throws(WireFault) -> UInt64 {
        var reader = FieldReader(bytes.span)
        return try reader.varint()
    }

    @Test func `a number of more than 64 bits is none`() throws {
        let nine = [UInt8](repeating: 0xFF, count: 9)
        #expect(try number(nine + [1]) == .max)
        #expect(try number([0x80, 1]) == 128)
        for end in [[2], [0x7F], [0x81, 0], []] as [[UInt8]] {
            #expect(throws: WireFault.self) { try number(nine + end) }
        }
    }
}

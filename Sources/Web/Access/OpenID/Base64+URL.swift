import Cryptography

extension Base64 {
    /// base64url without padding (RFC 4648 §5).
    static func urlEncode(_ bytes: [UInt8]) -> String {
        encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes of base64url without padding; nil for anything else.
    static func urlDecode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
        return decode(plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}

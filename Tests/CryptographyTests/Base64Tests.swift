import Cryptography
import Testing

struct Base64Tests {
    @Test(arguments: [
        ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"),
        ([0xFB, 0xFF], "-_8"),
    ])
    func `base64url has no padding and other letters`(bytes: [UInt8], text: String) {
        #expect(Base64.urlEncode(bytes) == text)
        #expect(Base64.urlDecode(text) == bytes)
    }

    @Test(arguments: ["Zg==", "+_8", "Zh", "Z", "Zg ", "Z\u{e9}"])
    func `one value has one text`(text: String) {
        #expect(Base64.urlDecode(text) == nil)
    }
}

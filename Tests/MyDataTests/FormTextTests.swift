import MyData
import Testing

struct FormTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a+b", "a b"), ("a%2Bb%2b", "a+b+"), ("%EA%B0%80", "가"), ("", ""),
    ])
    func `escapes and plus signs are undone`(text: String, plain: String) {
        #expect(FormText.decode(text) == plain)
    }

    @Test(arguments: ["%", "%4", "%+f", "%-1", "%gg", "%ff", "a%"])
    func `what is no escape, or no text, is refused`(text: String) {
        #expect(FormText.decode(text) == nil)
    }
}

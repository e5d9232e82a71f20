import Cryptography
import FoundationEssentials
import Simulation
import Testing
@_spi(CMS) @_spi(FixedExpiryValidationTime) import X509

@testable import Sandbox

/// The authentication body's signature.
struct ConsentSignatureTests {
    @Test func `a signature is of one person, one transaction, one text, one signer`()
        async throws
    {
        let sandbox = try DeskFixture()
        let signer = sandbox.desk.signer
        let one = ConsentSigner.Statement(ci: "a", transaction: "b", consent: [1, 2])
        let signature = try #require(signer.sign(one))
        #expect(signer.verifies(signature, one))
        for other in [
            ConsentSigner.Statement(ci: "x", transaction: "b", consent: [1, 2]),
            .init(ci: "a", transaction: "x", consent: [1, 2]),
            .init(ci: "a", transaction: "b", consent: [1, 3]),
        ] {
            #expect(!signer.verifies(signature, other))
        }
        let elsewhere = try DeskFixture()
        #expect(!elsewhere.desk.signer.verifies(signature, one))
        #expect(!signer.verifies("", one))
        #expect(!signer.verifies(String(signature.dropLast(4)), one))
    }

    @Test func `what is signed is CMS, to a reader that knows nothing of us`() async throws {
        let sandbox = try DeskFixture()
        let statement = ConsentSigner.Statement(ci: "a", transaction: "b", consent: [1, 2])
        let root = try Authority(directory: sandbox.directory.path).certificate("ca")
        // Lengths of signatures differ from one to the next.
        for _ in 0..<16 {
            let text = try #require(sandbox.desk.signer.sign(statement))
            let result = await CMS.isValidSignature(
                dataBytes: statement.bytes,
                signatureBytes: try #require(Base64.urlDecode(text)),
                trustRoots: CertificateStore([root])
            ) {
                RFC5280Policy(fixedExpiryValidationTime: Date(timeIntervalSince1970: 1_768_323_600))
            }
            guard case .success = result else {
                Issue.record("\(result)")
                return
            }
        }
    }
}

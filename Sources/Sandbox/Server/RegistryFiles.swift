internal import Cryptography
public import Files

/// What the portal gives an operator, as files in the sandbox's directory.
public enum RegistryFiles {
    /// The registry of providers, for the operator's configuration.
    public static func providersPath(in directory: String) -> String {
        directory + "/providers.yaml"
    }

    /// What the operator is known by.
    public static func operatorPath(in directory: String) -> String { directory + "/operator.yaml" }

    /// The operator's client_secret, made when there is none yet.
    public static func clientSecret(in directory: String) throws(FileError) -> String {
        let path = directory + "/operator.secret"
        if Files.exists(path) {
            let text = String(decoding: try Files.read(path, limit: 1_024), as: UTF8.self)
            return String(text.prefix { $0 != "\n" })
        }
        let secret: String
        do throws(CryptographyError) {
            secret = try TokenRegister.secret()
        } catch {
            // getrandom(2) is what fails here, and as a file would.
            throw FileError(operation: "getrandom", code: 5)
        }
        try Files.makeDirectories(directory)
        try Files.replace(path, with: Array((secret + "\n").utf8))
        return secret
    }

    /// Writes both files for a server that listens on `port`.
    public static func write(
        _ configuration: SandboxServerConfiguration,
        books: any SandboxBooks,
        port: Int
    ) throws(FileError) {
        let directory = configuration.directory
        var text = "# Providers of the sandbox that wrote this file; written at each start.\n"
        text += "providers:\n"
        for registration in SandboxDesk.registrations(of: books) {
            let provider = registration.provider
            let slots = configuration.keepsSlots ? registration.slots : []
            text += "  - org_code: \(provider.code)\n"
            text += "    name: \(provider.name)\n"
            text += "    industry: \(provider.industry.word)\n"
            text += "    base_url: https://127.0.0.1:\(port)/\(provider.code)\n"
            text += "    versions: [\(registration.versions.joined(separator: ", "))]\n"
            text += "    time_slots: [\(slots.map { "\"\($0)\"" }.joined(separator: ", "))]\n"
            text += "    serial_number: \"\(Authority.Party.server.serialNumber)\"\n"
        }
        try Files.replace(providersPath(in: directory), with: Array(text.utf8))
        guard let first = configuration.operators.first else { return }
        let lines = [
            "# What the sandbox knows its operator by; written at each start.",
            "org_code: \(first.code)", "client_id: \(first.clientID)",
            "client_secret: \(first.clientSecret)",
            "authority: \(directory)/ca.pem", "certificate: \(directory)/operator.pem",
            "key: \(directory)/operator.key",
            "authentication_body: \(SandboxServerConfiguration.authenticationCode)",
            "authentication_url: https://127.0.0.1:\(port)/"
                + SandboxServerConfiguration.authenticationCode,
            "control_url: https://127.0.0.1:\(port)",
            "redirect_uri: https://127.0.0.1/callback",
        ]
        let body = lines.joined(separator: "\n") + "\n"
        try Files.replace(operatorPath(in: directory), with: Array(body.utf8))
    }

    /// Writes `sign-in.yaml`: how the operator lets persons be signed in by the authentication body
    /// (`web.sign_in_file`).
    static func writeSignIn(
        _ configuration: SandboxServerConfiguration,
        issuer: String
    ) throws(FileError) {
        guard let first = configuration.operators.first else { return }
        let directory = configuration.directory
        let lines = [
            "# The sandbox's authentication body signs persons in; written at each start.",
            "issuers:",
            "  - name: \(SandboxServerConfiguration.authenticationCode)",
            "    label: \"샌드박스\"",
            "    for: persons",
            "    issuer: \(issuer)",
            "    client_id: \(first.clientID)",
            "    client_secret_file: \(directory)/operator.secret",
            "    claim: ci",
        ]
        let body = lines.joined(separator: "\n") + "\n"
        try Files.replace(directory + "/sign-in.yaml", with: Array(body.utf8))
    }
}

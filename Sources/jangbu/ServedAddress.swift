import Files
import Web

/// Where a server takes requests, and how one gets in.
struct ServedAddress: Sendable {
    let root: String
    private let server: WebServer

    init(host: String, port: Int, server: WebServer) {
        root = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
        self.server = server
    }

    /// Prints the address that signs the local operator in.
    func tellLink() {
        tell("sign in, once, within 15 minutes") { try server.operatorLink() }
    }

    /// Prints an address that signs in as a person: of a demonstration over nobody's data.
    func tellPersonLink(_ subject: String) {
        tell("one person's own view") { try server.personLink(subject) }
    }

    private func tell(_ what: String, _ path: () throws -> String?) {
        do {
            guard let path = try path() else { return }
            Terminal.shared.note("\(what): \(root.dropLast())\(path)")
        } catch {
            Terminal.shared.note("no link could be made (\(error)); try jangbu operator link")
        }
    }
}

extension Settings {
    /// What the web server needs of these settings.
    func webConfiguration() throws -> WebConfiguration {
        var web = WebConfiguration()
        web.host = webHost
        web.port = webPort
        web.allowsLocalOperator = webLocalOperator == "allowed"
        if !webTokenFile.isEmpty { web.token = try AccessToken(file: webTokenFile) }
        let path = webRolesFile.isEmpty ? try Places.need("conf/roles.yaml") : webRolesFile
        do {
            let text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
            web.roles = try RoleTable(yaml: text)
        } catch let error as FileError {
            throw Failure(.input, "The table of roles \(path) cannot be read (\(error)).")
        } catch let error as WebRefusal {
            throw Failure(.configuration, "\(path): \(error)")
        }
        return web
    }
}

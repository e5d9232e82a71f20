import Files
import Foundation
import Web

/// Where a server takes requests, and how one gets in.
struct ServedAddress: Sendable {
    let root: String
    private let server: WebServer

    init(_ running: RunningServer, _ server: WebServer) {
        (root, self.server) = (running.address, server)
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
        if !webPublicURL.isEmpty { web.publicURL = webPublicURL }
        web.hostNames = Set(webHostNames.split(separator: " ").map { $0.lowercased() })
        if !webTLSCertificateFile.isEmpty || !webTLSKeyFile.isEmpty {
            web.tls = TLSFiles(
                certificate: webTLSCertificateFile,
                key: webTLSKeyFile,
                clientAuthority: webTLSClientAuthorityFile.isEmpty ? nil : webTLSClientAuthorityFile
            )
        }
        if !webSignInFile.isEmpty { web.signIn = try signInMeans(webSignInFile) }
        return web
    }

    private func signInMeans(_ path: String) throws -> SignInMeans {
        func read(_ path: String) throws -> String {
            do {
                return String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
            } catch {
                throw Failure(.input, "\(path), which signs in, cannot be read (\(error)).")
            }
        }
        do {
            return try SignInMeans(yaml: read(path), now: { Clock.now / 1_000_000 }) { file in
                // A secret that others can read is none.
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
                    throw Failure(.configuration, "\(file): set its mode to 0600.")
                }
                return String(try read(file).prefix { $0 != "\n" })
            }
        } catch let error as WebRefusal {
            throw Failure(.configuration, "\(path): \(error)")
        }
    }
}

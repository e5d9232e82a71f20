import FoundationEssentials
import NIOCore

/// By which names a server is called.
extension WebConfiguration {
    /// Whether a request's authority, `name` or `name:port`, is this server: a name of its
    /// configuration, or an address.
    ///
    /// Off loopback any address will do: what a page elsewhere can point at us is a name, and a
    /// browser that calls us by an address was sent to that address.
    func isOurs(_ authority: String) -> Bool {
        guard let host = WebConfiguration.host(of: authority) else { return false }
        if ["localhost", "::1", "127.0.0.1", self.host.lowercased()].contains(host) { return true }
        if host == publicHost || hostNames.contains(host) { return true }
        return !isLoopback && WebConfiguration.isAddress(host)
    }

    /// The host of the address that browsers know.
    private var publicHost: String? {
        publicURL.flatMap { URL(string: $0)?.host() }.map { $0.lowercased() }
    }

    /// The host alone, in small letters and without brackets; nil when it is none.
    private static func host(of authority: String) -> String? {
        var host = authority.lowercased()[...]
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            guard isPort(host[host.index(after: end)...]) else { return nil }
            return String(host[host.index(after: host.startIndex)..<end])
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        return host.isEmpty ? nil : String(host)
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.dropFirst().utf8.allSatisfy { 48...57 ~= $0 }
    }

    private static func isAddress(_ host: String) -> Bool {
        do {
            _ = try SocketAddress(ipAddress: host, port: 0)
            return true
        } catch {
            // It is a name.
            return false
        }
    }
}

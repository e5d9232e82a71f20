import ArgumentParser

/// `jangbu operator`: who has the data directory signs in to its server.
struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Sign in to a running server as its local operator.",
        subcommands: [OperatorLinkCommand.self]
    )
}

/// `jangbu operator link`.
struct OperatorLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print an address that signs a browser in, once and within 15 minutes.",
        discussion: """
            The server that has the data directory makes it, for whoever may read the directory.

            Example:
              jangbu operator link --data-directory /srv/jangbu
            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let directory = DataDirectory(try options.settings())
        guard let server = try directory.runningServer() else {
            throw Failure(.input, "No server has \(directory.path); jangbu serve starts one.")
        }
        Terminal.shared.data(server.address.dropLast() + (try await server.operatorLink()))
    }
}

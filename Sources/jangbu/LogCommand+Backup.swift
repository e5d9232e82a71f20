import ArgumentParser
import EventLog
import Foundation

extension LogCommand {
    /// `jangbu log backup`.
    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup",
            abstract: "Copy what a backup does not have yet; holds no keys.",
            discussion: """
                Works beside a running server too: then the server makes the backup, while it goes \
                on, in a folder inside backup.directory of its configuration.

                Example: jangbu log backup /backups/jangbu
                """
        )

        @OptionGroup var options: SettingsOptions
        @Argument(help: "Folder of the backup.", completion: .directory) var target: String
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let directory = try DataDirectory(options.settings())
            let folder = URL(fileURLWithPath: target).standardizedFileURL.path
            let blocks: UInt64
            let server = try directory.runningServer()
            if let server {
                blocks = try await throughServer(server, folder)
            } else {
                let log = try directory.openLog()
                defer { log.close() }
                let progress = CopyProgressBar("backup")
                blocks = try log.backup(to: folder) { progress.show($0) }.reduce(0, +)
                progress.end()
            }
            let body = Body(directory: folder, blocks: blocks, byServer: server != nil)
            Terminal.shared.data(try json ? JSONText.encode(body) : body.text)
        }

        private func throughServer(_ server: RunningServer, _ folder: String) async throws -> UInt64
        {
            let progress = Progress("backup by the server", unit: "blocks")
            var state = try await server.startBackup(to: folder)
            while state.state == "running" {
                let share = Double(state.blocks) / Double(max(1, state.totalBlocks))
                progress.show(Int(clamping: state.blocks), share: share)
                try await Task.sleep(for: .milliseconds(100))
                state = try await server.backup()
                guard state.directory == folder else {
                    throw Failure(.busy, "Another backup began before this one was looked at.")
                }
            }
            progress.end(Int(clamping: state.blocks))
            if let error = state.error { throw Failure(.storage, error) }
            return state.blocks
        }

        private struct Body: Encodable {
            let directory: String
            let blocks: UInt64
            let byServer: Bool

            var text: String {
                byServer
                    ? "\(Text.grouped(blocks)) blocks added to \(directory) by the server"
                    : "\(Text.grouped(blocks)) blocks in \(directory)"
            }
        }
    }
}

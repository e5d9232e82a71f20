extension Services {
    /// Does `work`, then closes; what went wrong in the work is what the caller hears of.
    func closing<Result>(_ work: () async throws -> Result) async throws -> Result {
        let result: Result
        do {
            result = try await work()
        } catch {
            do {
                try close()
            } catch let second {
                let sentence = Failure(second)?.sentence ?? "\(second)"
                Terminal.shared.note("closing failed too: \(sentence)")
            }
            throw error
        }
        try close()
        return result
    }
}

import Synchronization

extension Town {
    /// Says whether a wait moves the clock.
    final class Leap: Sendable {
        private let body = Mutex<(@Sendable () -> Bool)?>(nil)
        func set(_ body: (@Sendable () -> Bool)?) { self.body.withLock { $0 = body } }
        func isTaken() -> Bool { body.withLock { $0 }?() ?? false }
    }

    /// What tests do in the midst of a collection.
    final class Hook: Sendable {
        private let body = Mutex<(@Sendable () -> Void)?>(nil)
        func set(_ body: (@Sendable () -> Void)?) { self.body.withLock { $0 = body } }
        func run() { body.withLock { $0 }?() }
    }
}

// Threads: a thread that is owned, and a state that threads wait on.
//
// Swift's `Mutex` cannot be waited on, and an LMDB write transaction belongs to one thread, so the
// writer of a log and the runner of a projection are plain threads. Nothing here is for tasks: a
// task that blocks in `wait` takes a thread of the shared pool away.

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A thread that runs one body to its end; `join` waits for that.
public final class OwnedThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread.
    public init(_ body: @escaping @Sendable () -> Void) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        // The box is released by the thread that takes it.
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start.toOpaque()
        )
        precondition(status == 0, "the system refused a thread")
        self.thread = thread
    }

    /// Waits until the body has returned.
    ///
    /// Once only, by one owner.
    public func join() {
        // The handle is valid until joined.
        pthread_join(thread, nil)
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// A state under a lock on which threads can wait.
@safe public final class Monitor<State>: Sendable {
    // Both live at fixed addresses from init to deinit, as pthreads demand.
    nonisolated(unsafe) private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    nonisolated(unsafe) private let condition: UnsafeMutablePointer<pthread_cond_t>
    // Touched only while the mutex is held.
    nonisolated(unsafe) private let state: UnsafeMutablePointer<State>

    /// Guards `state`.
    public init(_ state: State) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe self.state = .allocate(capacity: 1)
        unsafe self.state.initialize(to: state)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // A clock that is set must not lengthen or shorten a wait.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        // Nobody waits on what nobody holds.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` with the state, alone.
    public func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&(unsafe state.pointee))
    }

    /// Runs `body` with the state and wakes every waiter.
    public func signal<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_mutex_unlock(mutex)
            unsafe pthread_cond_broadcast(condition)
        }
        return try body(&(unsafe state.pointee))
    }

    /// Runs `body` with the state and wakes every waiter when it says that they may want to look.
    public func wake(if body: (inout State) -> Bool) {
        unsafe pthread_mutex_lock(mutex)
        let isWanted = body(&(unsafe state.pointee))
        unsafe pthread_mutex_unlock(mutex)
        if isWanted { unsafe pthread_cond_broadcast(condition) }
    }

    /// Waits until `body`, called with the state now and after every signal, gives a value.
    public func wait<R>(_ body: (inout State) -> R?) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&(unsafe state.pointee)) { return result }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// The same for at most `nanoseconds`; nil when the time passed without a value.
    public func wait<R>(atMost nanoseconds: Int, _ body: (inout State) -> R?) -> R? {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        let total = deadline.tv_nsec + nanoseconds
        deadline.tv_sec += total / 1_000_000_000
        deadline.tv_nsec = total % 1_000_000_000
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&(unsafe state.pointee)) { return result }
            guard unsafe pthread_cond_timedwait(condition, mutex, &deadline) == 0 else {
                return body(&(unsafe state.pointee))
            }
        }
    }
}

internal import Finance
internal import MyData
internal import Synchronization

/// The way to one provider: its connections, its pace and whether it is asked at all.
final class ProviderDesk: Sendable {
    /// What became of a request.
    enum Heard: Sendable {
        /// An answer, with its rsp_code where it is a refusal that has one.
        case reply(ProviderReply, code: UInt32?)
        /// None.
        case fault(TransportFault)
        /// It was not sent: the provider is left alone, or the answer is no longer wanted.
        case stopped
    }

    let provider: Provider
    let oauth: OAuthRequests
    let clock: CollectorClock
    private let client: ProviderClient
    private let ids: TransactionIDs
    private let turnstile: Turnstile
    private let circuit = Mutex(Circuit())
    private let offer = Mutex(Offer())
    let board: FigureBoard

    init(
        _ provider: Provider,
        client: ProviderClient,
        ids: TransactionIDs,
        clock: CollectorClock,
        board: FigureBoard
    ) {
        (self.provider, self.client, self.ids) = (provider, client, ids)
        (self.clock, self.board) = (clock, board)
        oauth = OAuthRequests(provider)
        turnstile = Turnstile(width: provider.limits.callsAtOnceMax)
    }

    /// Sends what `make` makes with a fresh x-api-tran-id, when it is its turn and then `isWanted`.
    func send(
        if isWanted: @Sendable () -> Bool = { true },
        _ make: @Sendable (String) -> ProviderRequest
    ) async -> (heard: Heard, transaction: String) {
        let transaction = ids.next()
        let heard = await turnstile.pass {
            guard isWanted(), mayAsk() else { return Heard.stopped }
            guard !Task.isCancelled else {
                circuit.withLock { $0.withdrawn() }
                return .fault(.cancelled)
            }
            return await exchange(make(transaction))
        }
        return (heard, transaction)
    }

    private func exchange(_ request: ProviderRequest) async -> Heard {
        do throws(TransportFault) {
            let reply = try await client.send(
                request,
                to: provider.place,
                within: provider.limits
            )
            guard reply.status != 200 else {
                circuit.withLock { $0.succeeded() }
                return .reply(reply, code: nil)
            }
            let code = JSONTree(reply.body)?["rsp_code"]?.scalar.flatMap { UInt32($0) }
            // Maintenance and slots are no failures; the rules for them come with their codes.
            let isFailure = reply.status >= 500 && code != 50008 && code != 50009
            circuit.withLock { circuit in
                if isFailure { circuit.failed(at: clock.seconds) } else { circuit.succeeded() }
            }
            return .reply(reply, code: code)
        } catch {
            circuit.withLock { circuit in
                switch error {
                case .cancelled: circuit.withdrawn()
                default: circuit.failed(at: clock.seconds)
                }
            }
            return .fault(error)
        }
    }

    private func mayAsk() -> Bool {
        circuit.withLock { circuit in
            if case .wait = circuit.mayAsk(at: clock.seconds) { false } else { true }
        }
    }

    /// What the provider said of its APIs since this process started.
    private struct Offer {
        /// Answered for somebody: whatever is said of them later is about one call.
        var has: Set<ProviderAPI> = []
        /// Until when they are taken to be missing, in seconds since 1970-01-01 UTC.
        var lacks: [ProviderAPI: Int64] = [:]
    }

    /// What a provider says that it lacks is asked for again after a day: an edition later it may
    /// be there, and one who says so while it is being deployed was never without.
    static let lackSeconds: Int64 = 86_400

    /// Whether an API is worth asking for.
    func offers(_ api: ProviderAPI) -> Bool {
        offer.withLock { $0.lacks[api].map { $0 <= clock.seconds } ?? true }
    }

    /// The provider says that it does not have an API.
    func lacks(_ api: ProviderAPI) {
        offer.withLock { offer in
            guard !offer.has.contains(api) else { return }
            offer.lacks[api] = clock.seconds + ProviderDesk.lackSeconds
        }
    }

    /// The provider answered an API.
    func has(_ api: ProviderAPI) {
        offer.withLock { offer in
            guard offer.has.insert(api).inserted else { return }
            offer.lacks[api] = nil
        }
    }

    /// Asks nothing for so many seconds.
    func stop(forSeconds seconds: Int64) {
        circuit.withLock { $0.stopped(forSeconds: seconds, at: clock.seconds) }
    }

    /// Until when the provider is left alone, in seconds since 1970-01-01 UTC; nil when it is not.
    var stoppedUntil: Int64? { circuit.withLock { $0.restsUntil(at: clock.seconds) } }

    /// Calls that wait for their turn.
    var waitingCount: Int { turnstile.waitingCount }
}

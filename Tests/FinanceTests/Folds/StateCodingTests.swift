import Finance
import Testing

/// Laws of every state's encoding, and what damage may do: an error, or the same bytes again.
@Suite struct StateCodingTests {
    private func spending(_ seed: UInt64) throws -> [UInt8] {
        let cases = FoldCase.history(seed: seed, count: 200, merchantCount: 30)
        return try SpendingProfile(rules: FoldFixtures.rules).folded(cases).encoded
    }

    func obeysLaws<State: FoldState>(_: State.Type, _ bytes: [UInt8], seed: UInt64) throws {
        #expect(try State(decoding: bytes.span).encoded == bytes, "SEED=\(seed)")
        var random = FoldRandom(seed: seed)
        var refused = 0
        for round in 0..<2_000 {
            var damaged = bytes
            switch round % 3 {
            case 0: damaged[random.below(damaged.count)] ^= UInt8(1 << random.below(8))
            case 1: damaged.removeLast(random.below(damaged.count) + 1)
            default:
                for _ in 0..<(random.below(8) + 1) {
                    damaged[random.below(damaged.count)] = UInt8(random.below(256))
                }
            }
            do throws(FoldError) {
                let state = try State(decoding: damaged.span)
                #expect(state.encoded == damaged, "SEED=\(seed) round \(round)")
            } catch {
                refused += 1
                #expect(error == .malformedState)
            }
        }
        #expect(refused > 600, "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a spending state is its bytes`(seed: UInt64) throws {
        try obeysLaws(SpendingState.self, spending(seed), seed: seed)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `counters are their bytes`(seed: UInt64) throws {
        let cases = FoldCase.history(seed: seed, count: 100)
        let state = try SubjectCounters().folded(cases)
        try obeysLaws(SubjectCountersState.self, state.encoded, seed: seed)
        var platform = PlatformCounters()
        platform.add(state.contribution)
        try obeysLaws(PlatformCounters.self, platform.encoded, seed: seed)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `an integrated state is its bytes`(seed: UInt64) throws {
        let state = try IntegratedFixtures.state(seed: seed)
        try obeysLaws(IntegratedState.self, state.encoded, seed: seed)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a consent register is its bytes`(seed: UInt64) throws {
        try obeysLaws(TransferRegister.self, ConsentWalk.register(seed: seed).encoded, seed: seed)
    }

    @Test(arguments: FoldFixtures.seeds)
    func `bytes of chance never trap`(seed: UInt64) {
        var random = FoldRandom(seed: seed)
        for _ in 0..<5_000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            #expect(throws: Never.self) {
                if let state = try accepted(SpendingState.self, bytes) {
                    #expect(state.encoded == bytes)
                }
                _ = try accepted(IntegratedState.self, bytes)
                _ = try accepted(SubjectCountersState.self, bytes)
                _ = try accepted(PlatformCounters.self, bytes)
                _ = try accepted(TransferRegister.self, bytes)
            }
        }
    }

    /// The state, or nil when the bytes are refused as they should be.
    private func accepted<State: FoldState>(
        _: State.Type,
        _ bytes: [UInt8]
    ) throws(FoldError) -> State? {
        do throws(FoldError) {
            return try State(decoding: bytes.span)
        } catch .malformedState { return nil }
    }

    @Test func `nothing known is the shortest encoding`() {
        #expect(SpendingState().encoded == [0])
        #expect(IntegratedState().encoded == [0])
        #expect(SubjectCountersState().encoded == [0, 0, 0])
        #expect(PlatformCounters().encoded == [0, 0, 0, 0])
        #expect(TransferRegister().encoded == [0, 0, 0, 0, 0, 0, 0])
    }
}

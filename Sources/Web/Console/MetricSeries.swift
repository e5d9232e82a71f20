import CoreMetrics
import Synchronization

/// One series of a metric: a sum, a value, or a histogram.
final class MetricSeries: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    /// Upper bounds in seconds: from one in-memory read to a request that someone gave up on.
    static let boundsSeconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct State {
        var value = 0.0
        var sum = 0.0
        var buckets: [UInt64] = []
    }

    private let kind: Exposition.Kind
    private let state: Mutex<State>

    init(_ kind: Exposition.Kind) {
        self.kind = kind
        var first = State()
        if kind == .histogram {
            first.buckets = [UInt64](repeating: 0, count: MetricSeries.boundsSeconds.count + 1)
        }
        state = Mutex(first)
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func decrement(by amount: Double) { increment(by: -amount) }
    func increment(by amount: Double) { state.withLock { $0.value += amount } }
    func reset() { state.withLock { $0.value = 0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0.value = value } }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard kind == .histogram else { return set(value) }
        let bucket =
            MetricSeries.boundsSeconds.firstIndex { value <= $0 }
            ?? MetricSeries.boundsSeconds.count
        state.withLock { state in
            state.buckets[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(_ name: String, _ labels: [Label], into text: inout Exposition) {
        let (value, sum, buckets) = state.withLock { ($0.value, $0.sum, $0.buckets) }
        guard kind == .histogram else { return text.sample(name, labels, .number(value)) }
        var count: UInt64 = 0
        for (place, inside) in buckets.enumerated() {
            count += inside
            let bound =
                place < MetricSeries.boundsSeconds.count
                ? "\(MetricSeries.boundsSeconds[place])" : "+Inf"
            text.sample(
                name + "_bucket",
                labels + [Label(name: "le", value: bound)],
                .integer(Int64(clamping: count))
            )
        }
        text.sample(name + "_sum", labels, .number(sum))
        text.sample(name + "_count", labels, .integer(Int64(clamping: count)))
    }
}

/// A counter of fractions; its own type because both protocols have a `reset`.
final class FractionCounter: FloatingPointCounterHandler {
    private let series: MetricSeries
    init(_ series: MetricSeries) { self.series = series }
    func increment(by amount: Double) { series.increment(by: amount) }
    func reset() { series.reset() }
}

public import CoreMetrics
import Synchronization

/// Metrics of the process, kept for `/metrics` in the Prometheus text format 0.0.4.
///
/// Give it to `MetricsSystem.bootstrap` to collect what libraries measure. Points in names become
/// underscores; counters end in `_total`, times are seconds and end in `_seconds`.
public final class PrometheusRegistry: MetricsFactory {
    /// Most series: each is a few hundred bytes here and in every store that scrapes us.
    ///
    /// What comes later is counted in `jangbu_metrics_dropped_total`.
    public static let seriesMax = 5000

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var series = 0
        var dropped: UInt64 = 0
    }

    private struct Family {
        var kind: Exposition.Kind
        var series: [[Label]: MetricSeries] = [:]
    }

    private let state = Mutex(State())

    /// An empty registry.
    public init() {}

    /// Sets what a metric says of itself; `label` as the code that measures names it.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[Exposition.name(label)] = help }
    }

    /// A number that only grows.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(Exposition.name(label, ending: "_total"), .counter, dimensions)
    }

    /// A number that only grows, with fractions.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        FractionCounter(series(Exposition.name(label, ending: "_total"), .counter, dimensions))
    }

    /// A number that goes up and down.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(Exposition.name(label), .gauge, dimensions)
    }

    /// Values as a histogram, or the last one only.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        series(Exposition.name(label), aggregate ? .histogram : .gauge, dimensions)
    }

    /// Times as a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(Exposition.name(label, ending: "_seconds"), .histogram, dimensions)
    }

    // A series outlives its handle: libraries make a handle for each request and expect the sum.

    /// Keeps the series: the sum goes on when the next handle is made.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Keeps the series: the sum goes on when the next handle is made.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Keeps the series: the value stays until it is set again.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Keeps the series: the sum goes on when the next handle is made.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Keeps the series: the sum goes on when the next handle is made.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series(
        _ name: String,
        _ kind: Exposition.Kind,
        _ dimensions: [(String, String)]
    ) -> MetricSeries {
        let labels = dimensions.map { Label(name: Exposition.labelName($0.0), value: $0.1) }
            .sorted { $0.name < $1.name }
        return state.withLock { state in
            if let found = state.families[name]?.series[labels] { return found }
            let made = MetricSeries(kind)
            // One name has one kind: a second kind under the same name would make the text
            // unreadable.
            guard state.series < PrometheusRegistry.seriesMax,
                state.families[name].map({ $0.kind == kind }) ?? true
            else {
                state.dropped += 1
                return made
            }
            state.families[name, default: Family(kind: kind)].series[labels] = made
            state.series += 1
            return made
        }
    }

    /// Appends every family, by name.
    func write(into text: inout Exposition) {
        let (families, help, dropped) = state.withLock { ($0.families, $0.help, $0.dropped) }
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            let described = help[name] ?? help[name.dropping("_total").dropping("_seconds")]
            text.family(name, family.kind, help: described ?? "Measured by the server.")
            for (labels, series) in family.series.sorted(by: { Label.ascend($0.key, $1.key) }) {
                series.write(name, labels, into: &text)
            }
        }
        text.family(
            "jangbu_metrics_dropped_total",
            .counter,
            help: "Series refused over the limit."
        )
        text.sample("jangbu_metrics_dropped_total", [], .integer(Int64(clamping: dropped)))
    }
}

/// One label of a series.
struct Label: Hashable, Sendable {
    var name: String
    var value: String

    static func ascend(_ one: [Label], _ other: [Label]) -> Bool {
        one.lexicographicallyPrecedes(other) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}

extension String {
    func dropping(_ ending: String) -> String {
        hasSuffix(ending) ? String(dropLast(ending.count)) : self
    }
}

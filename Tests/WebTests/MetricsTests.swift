import CoreMetrics
import HummingbirdTesting
import NIOCore
import Testing

@testable import Web

struct MetricsTests {
    @Test func `promtool finds nothing to say about our metrics`() async throws {
        guard let promtool = Checkout.tool("promtool") else {
            return Checkout.skip("promtool is not installed (Debian package prometheus)")
        }
        let contract = try Contract()
        // What libraries name, with points, and label values that need escapes.
        Counter(
            label: "a.library.calls",
            dimensions: [("kind", "a\"b\\c\nd")],
            factory: contract.metrics
        )
        .increment(by: 3)
        Recorder(label: "batch.events", factory: contract.metrics).record(25)
        Gauge(label: "queue.depth", factory: contract.metrics).record(7)
        try await contract.run { client in
            try await client.send("/v1/subjects")
            let text = String(buffer: try await client.send("/metrics").body)
            let run = try Checkout.run(promtool, ["check", "metrics"], input: text)
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.isEmpty, "\(run.output)")
            #expect(text.contains(#"a_library_calls_total{kind="a\"b\\c\nd"} 3"#))
            #expect(
                text.contains(
                    #"http_server_requests_total{method="GET",route="/v1/subjects",status="200"} 1"#
                )
            )
            #expect(
                text.contains(
                    #"jangbu_projection_lag_events{projection="spending-profile",version="2"} 0"#
                )
            )
        }
    }

    @Test func `a histogram counts each value once, below its bound`() {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "work", factory: registry)
        for milliseconds in [1, 1, 30, 20_000] {
            timer.recordNanoseconds(Int64(milliseconds) * 1_000_000)
        }
        var text = Exposition()
        registry.write(into: &text)
        #expect(text.text.contains("work_seconds_bucket{le=\"0.001\"} 2\n"))
        #expect(text.text.contains("work_seconds_bucket{le=\"0.025\"} 2\n"))
        #expect(text.text.contains("work_seconds_bucket{le=\"0.05\"} 3\n"))
        #expect(text.text.contains("work_seconds_bucket{le=\"10.0\"} 3\n"))
        #expect(text.text.contains("work_seconds_bucket{le=\"+Inf\"} 4\n"))
        #expect(text.text.contains("work_seconds_count 4\n"))
        #expect(text.text.contains("work_seconds_sum 20.032\n"))
    }

    @Test func `series stop at the limit, and what was refused is counted`() {
        let registry = PrometheusRegistry()
        for number in 0..<(PrometheusRegistry.seriesMax + 7) {
            Counter(label: "many", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        var text = Exposition()
        registry.write(into: &text)
        #expect(text.text.contains("jangbu_metrics_dropped_total 7\n"))
        let lines = text.text.split(separator: "\n").count { $0.hasPrefix("many_total{") }
        #expect(lines == PrometheusRegistry.seriesMax)
    }

    @Test func `handles made again for each request add to one series`() {
        let registry = PrometheusRegistry()
        for _ in 0..<5 { Counter(label: "again", factory: registry).increment() }
        var text = Exposition()
        registry.write(into: &text)
        #expect(text.text.contains("again_total 5\n"))
    }
}

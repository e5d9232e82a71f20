import EventLog
import Files
import Glibc
import PowerFail
import Simulation

/// Builds images of a recorded run as power cuts may have left them and checks each.
///
/// Says `image N point P mode M` before it looks at one, so that the parent can name the image that
/// a trap ended at. Image N of a trace is always the same: its point is N of `count` evenly over
/// the run, its seed N, its mode N modulo the modes.
///
/// Arguments: `scratch`, `from`, `to`, `count`, `environments`, `ordered`, `vault`, `rules` (a
/// folder: the load was of projections);
/// `compare=DIRECTORY`, where the run took place, checks first that the trace tells all.
struct Images {
    private let trace: String
    private let arguments: Arguments

    init(_ trace: String, _ arguments: Arguments) {
        (self.trace, self.arguments) = (trace, arguments)
    }

    func run() async throws {
        let cuts = try PowerFail(
            trace: trace,
            names: arguments.isSet("ordered") ? .ordered : .posix
        )
        if arguments.has("compare") { try cuts.compare(with: arguments.text("compare")) }
        let image = try arguments.text("scratch")
        let count = UInt64(arguments.number("count", 100))
        let checker = try Checker(environments: arguments.number("environments", 1))
        let rules = arguments.has("rules") ? try ReadModels.rules(arguments.text("rules")) : nil
        var promises = Promises()
        var said: [String] = []
        var marks: UInt64 = 0
        for number in UInt64(arguments.number("from", 0))..<UInt64(arguments.number("to", 100)) {
            // Chance spreads the points of one stride; they never go back.
            var chance = Seed(number)
            let stride = cuts.operationCount / count + 1
            let point = min(
                number * cuts.operationCount / count + chance.next() % stride,
                cuts.operationCount
            )
            let mode = PowerFail.Mode.allCases[Int(number % 7)]
            while marks < cuts.markCount(before: point), let mark = cuts.mark(marks) {
                if rules != nil || arguments.isSet("vault") {
                    said.append(mark)
                } else {
                    try promises.take(mark)
                }
                marks += 1
            }
            Marks.say("image \(number) point \(point) mode \(mode)")
            do {
                try cuts.build(in: image, seed: number, point: point, mode: mode)
                if let rules {
                    let checker = ProjectionChecker(image, said, rules)
                    try await checker.check(chance: number)
                    continue
                }
                if arguments.isSet("vault") {
                    try await VaultChecker.check(image, said, chance: number)
                    continue
                }
                try checker.check(
                    image,
                    promises,
                    chance: Int(number),
                    isThorough: number % 8 == 0
                )
            } catch {
                Marks.say("bad \(number) \(error)")
            }
        }
        Marks.say("end")
    }
}

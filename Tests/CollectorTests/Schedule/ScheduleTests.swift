import Finance
import Simulation
import Testing

@testable import Collector

struct TimeSlotTests {
    @Test
    func `slots are read as providers write them`() {
        #expect(TimeSlot("0000:0600").map { [$0.from, $0.to] } == [0, 360])
        #expect(TimeSlot("2200:2400").map { [$0.from, $0.to] } == [1_320, 0])
        for text in ["", "0000-0600", "2460:0100", "2500:0100", "aaaa:0000"] {
            #expect(TimeSlot(text) == nil, "\(text)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `the next time in a slot is in a slot and no earlier one is`(seed: Seed) {
        var chance = seed
        for _ in 0..<200 {
            let slots = (0...chance.below(3)).compactMap { _ in
                TimeSlot(from: chance.below(1_440), to: chance.below(1_440))
            }
            let now = 1_795_000_000 + Int64(chance.below(86_400))
            let next = TimeSlot.next(in: slots, from: now)
            let minute = KoreanClock.minute(at: next)
            #expect(slots.contains { $0.contains(minute) }, "\(seed)")
            var earlier = now
            while earlier < next {
                let minute = KoreanClock.minute(at: earlier)
                #expect(!slots.contains { $0.contains(minute) }, "\(seed)")
                earlier += 60
            }
        }
    }

    @Test
    func `a place in a slot is inside it`() {
        let day = WindowsTests.today
        for spread in stride(from: UInt64(0), to: 1_000_000, by: 997) {
            for slot in ["0000:0600", "2200:2400", "2300:0500"].compactMap({ TimeSlot($0) }) {
                let at = DueTime.slotTime(on: day, [slot], spread: spread)
                #expect(slot.contains(KoreanClock.minute(at: at)))
            }
        }
    }
}

struct DueQueueTests {
    @Test(arguments: Seed.smoke)
    func `the earliest leaves first and equals in their order`(seed: Seed) {
        var chance = seed
        var queue = DueQueue<Int>()
        var model: [(at: Int64, item: Int)] = []
        for item in 0..<2_000 {
            let at = Int64(chance.below(200))
            queue.insert(item, at: at)
            model.append((at, item))
            guard chance.below(3) == 0 else { continue }
            let now = Int64(chance.below(200))
            let taken = queue.take(dueAt: now)
            let first = model.enumerated().min {
                ($0.element.at, $0.element.item) < ($1.element.at, $1.element.item)
            }
            if let first, first.element.at <= now {
                #expect(taken?.item == first.element.item, "\(seed)")
                model.remove(at: first.offset)
            } else {
                #expect(taken == nil, "\(seed)")
            }
        }
        #expect(queue.count == model.count)
    }
}

struct TurnstileTests {
    @Test
    func `no more than its width get through at once and all do`() async {
        let turnstile = Turnstile(width: 3)
        let inside = Gauge()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<200 {
                tasks.addTask {
                    await turnstile.pass {
                        await inside.enter()
                        await Task.yield()
                        await inside.leave()
                    }
                }
            }
        }
        #expect(await inside.most <= 3)
        #expect(await inside.total == 200)
        #expect(turnstile.waitingCount == 0)
    }

    private actor Gauge {
        var now = 0
        var most = 0
        var total = 0
        func enter() {
            now += 1
            total += 1
            most = max(most, now)
        }
        func leave() { now -= 1 }
    }
}

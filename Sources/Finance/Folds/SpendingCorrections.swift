/// What a person put where, of one subject: the last correction of each merchant and transaction.
///
/// A merchant's correction is a lens: figures stay where the rules put them and are shown where the
/// person did, so that it holds for purchases before and after it alike, and is undone by leaving.
/// Figures pass through it for good when they leave the detail.
struct SpendingCorrections: Sendable {
    /// Where, and since when.
    struct Choice: Hashable, Sendable {
        /// Code of the category.
        let category: UInt8
        /// Whether money in counts as positive there.
        let isInflow: Bool
        /// Day on which the person said so, since 1970.
        let day: Int32
    }

    /// Sorted; the first byte tells a card's merchant from a bank's counterparty.
    private(set) var merchantKeys: [[UInt8]] = []
    private(set) var merchantChoices: [Choice] = []
    /// Sorted.
    private(set) var places: [EventPlace] = []
    private(set) var placeChoices: [Choice] = []
    /// What tells later cancellations and corrections of each, 0 when nothing does (`OutcomeKey`).
    private(set) var outcomeKeys: [UInt64] = []
    /// Transactions that were taken back, sorted: a correction of one counts for nothing.
    private(set) var takenBack: [EventPlace] = []

    /// A person who corrects one merchant a week does so for twenty years.
    static let merchantsMax = 1_024
    /// One transaction a day for eleven years.
    static let placesMax = 4_096
    /// The latest are kept: nobody corrects what vanished thousands of rows ago.
    static let takenBackMax = 4_096

    var isEmpty: Bool { merchantKeys.isEmpty && places.isEmpty }
    /// Nothing is known, also of what was taken back.
    var isBlank: Bool { isEmpty && takenBack.isEmpty }

    func choice(ofMerchant key: [UInt8]) -> Choice? {
        guard !merchantKeys.isEmpty else { return nil }
        let index = merchantKeys.firstIndex { !$0.lexicographicallyPrecedes(key) }
        guard let index, merchantKeys[index] == key else { return nil }
        return merchantChoices[index]
    }

    func choice(of place: EventPlace) -> Choice? {
        guard !places.isEmpty else { return nil }
        let index = places.lowerBound(of: place)
        return index < places.count && places[index] == place ? placeChoices[index] : nil
    }

    /// What the person said of the transaction that a cancellation or correction is about.
    func choice(ofOutcome key: UInt64) -> Choice? {
        guard key != 0, let index = outcomeKeys.lastIndex(of: key) else { return nil }
        return placeChoices[index]
    }

    func isTakenBack(_ place: EventPlace) -> Bool {
        let index = takenBack.lowerBound(of: place)
        return index < takenBack.count && takenBack[index] == place
    }

    /// Notes that a transaction no longer stands.
    ///
    /// What a person said of it goes with it, unless its cancellation still stands where they put
    /// it and is to be taken from there.
    mutating func takeBack(_ place: EventPlace) {
        let index = takenBack.lowerBound(of: place)
        if index == takenBack.count || takenBack[index] != place {
            takenBack.insert(place, at: index)
            if takenBack.count > SpendingCorrections.takenBackMax { takenBack.removeFirst() }
        }
        let own = places.lowerBound(of: place)
        guard own < places.count, places[own] == place, outcomeKeys[own] == 0 else { return }
        remove(at: own)
    }

    /// Another approval came under the key: what becomes of it is none of the earlier one's.
    mutating func release(_ key: UInt64) {
        guard key != 0, let index = outcomeKeys.firstIndex(of: key) else { return }
        if isTakenBack(places[index]) { remove(at: index) } else { outcomeKeys[index] = 0 }
        release(key)
    }

    private mutating func remove(at index: Int) {
        places.remove(at: index)
        placeChoices.remove(at: index)
        outcomeKeys.remove(at: index)
    }

    /// Keeps a choice, or forgets it when `choice` is nil.
    mutating func set(merchant key: [UInt8], to choice: Choice?) throws(FoldError) {
        let index =
            merchantKeys.firstIndex { !$0.lexicographicallyPrecedes(key) } ?? merchantKeys.count
        if index < merchantKeys.count, merchantKeys[index] == key {
            if let choice {
                merchantChoices[index] = choice
            } else {
                merchantKeys.remove(at: index)
                merchantChoices.remove(at: index)
            }
        } else if let choice {
            guard merchantKeys.count < SpendingCorrections.merchantsMax else { throw .full }
            merchantKeys.insert(key, at: index)
            merchantChoices.insert(choice, at: index)
        }
    }

    /// Keeps a choice, or forgets it when `choice` is nil.
    mutating func set(
        _ place: EventPlace,
        _ outcomeKey: UInt64,
        to choice: Choice?
    ) throws(FoldError) {
        let index = places.lowerBound(of: place)
        if index < places.count, places[index] == place {
            if let choice {
                placeChoices[index] = choice
            } else {
                remove(at: index)
            }
        } else if let choice {
            guard places.count < SpendingCorrections.placesMax else { throw .full }
            places.insert(place, at: index)
            placeChoices.insert(choice, at: index)
            outcomeKeys.insert(outcomeKey, at: index)
        }
    }
}

extension [EventPlace] {
    fileprivate func lowerBound(of place: EventPlace) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// Encoding: merchants: count, then by key, strictly rising: key, choice; transactions: count, then
// by place, strictly rising: place, outcome key, choice; what was taken back: count, then the
// places, strictly rising. A place: revision, index. A choice: category, inflow, day + 1.
extension SpendingCorrections {
    func write(to writer: inout StateWriter) {
        writer.number(merchantKeys.count)
        for (key, choice) in zip(merchantKeys, merchantChoices) {
            writer.text(key)
            write(choice, to: &writer)
        }
        writer.number(places.count)
        for (number, place) in places.enumerated() {
            write(place, to: &writer)
            writer.number(outcomeKeys[number])
            write(placeChoices[number], to: &writer)
        }
        writer.number(takenBack.count)
        for place in takenBack { write(place, to: &writer) }
    }

    private func write(_ place: EventPlace, to writer: inout StateWriter) {
        writer.number(place.revision)
        writer.number(UInt64(place.index))
    }

    private func write(_ choice: Choice, to writer: inout StateWriter) {
        writer.number(UInt64(choice.category))
        writer.number(choice.isInflow ? 1 : 0)
        writer.number(UInt64(choice.day + 1))
    }

    mutating func read(from reader: inout StateReader) throws(FoldError) {
        for _ in 0..<(try reader.count(through: SpendingCorrections.merchantsMax)) {
            let key = try reader.bytes(through: MerchantKey.bytesMax + 1)
            guard key.count > 1,
                merchantKeys.last.map({ $0.lexicographicallyPrecedes(key) }) ?? true
            else { throw .malformedState }
            merchantKeys.append(key)
            merchantChoices.append(try SpendingCorrections.choice(from: &reader))
        }
        for _ in 0..<(try reader.count(through: SpendingCorrections.placesMax)) {
            let place = try SpendingCorrections.place(from: &reader)
            guard places.last.map({ $0 < place }) ?? true else { throw .malformedState }
            places.append(place)
            outcomeKeys.append(try reader.number())
            placeChoices.append(try SpendingCorrections.choice(from: &reader))
        }
        for _ in 0..<(try reader.count(through: SpendingCorrections.takenBackMax)) {
            let place = try SpendingCorrections.place(from: &reader)
            guard takenBack.last.map({ $0 < place }) ?? true else { throw .malformedState }
            takenBack.append(place)
        }
    }

    private static func place(from reader: inout StateReader) throws(FoldError) -> EventPlace {
        let revision = try reader.number()
        let index = try reader.number(through: UInt64(UInt32.max))
        return EventPlace(revision: revision, index: UInt32(index))
    }

    private static func choice(from reader: inout StateReader) throws(FoldError) -> Choice {
        let category = try reader.number(through: 255)
        guard category > 0 else { throw .malformedState }
        let isInflow = try reader.number(through: 1) == 1
        let day = try reader.number(through: UInt64(SpendingState.dayMax) + 1)
        return Choice(category: UInt8(category), isInflow: isInflow, day: Int32(day) - 1)
    }
}

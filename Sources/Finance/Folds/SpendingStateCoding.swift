// Canonical encoding of SpendingState:
//
//   last day + 1 (0: no payment known, and only corrections may follow)
//   merchants: count, then by name, mcc, currency, source, category, strictly rising:
//     name, mcc, currency, source, category, traits, correction, and if not 0: whether it is turned
//   months: count, then each, strictly rising: the month; after the first, what it is more than
//   the one before, less 1
//     category cells: count, then by category and currency, strictly rising: place, sum, count
//     merchant cells: count, then by number of merchant, strictly rising: number, sum, count, day
//   corrections (`SpendingCorrections`), if there are any
//
// Cells of sum 0 and count 0 are left out, then months and merchants without cells. So the bytes
// are a function of what is known, not of how the arrays came to be.

extension SpendingState {
    /// Appends the canonical encoding to `bytes`.
    public func encode(into bytes: inout [UInt8]) {
        // Moved out and back: appending to a copy would copy what is there already.
        var writer = StateWriter(taking: &bytes)
        writer.number(UInt64(lastDay + 1))
        if lastDay >= 0 {
            let numbers = write(merchantsTo: &writer)
            write(cellsTo: &writer, numbers)
        }
        if !corrections.isBlank { corrections.write(to: &writer) }
        bytes = writer.finish()
    }

    /// Writes the merchants and returns each one's canonical number.
    private func write(merchantsTo writer: inout StateWriter) -> [Int] {
        var isSeen = [Bool](repeating: false, count: merchants.entries.count)
        for index in 0..<cells.count {
            if let merchant = cells.key(index).merchant, !cells[index].isEmpty {
                isSeen[merchant] = true
            }
        }
        let order = merchants.entries.indices.filter { isSeen[$0] }.sorted {
            merchants.precedes($0, $1)
        }
        var numbers = [Int](repeating: 0, count: merchants.entries.count)
        writer.number(order.count)
        for (number, merchant) in order.enumerated() {
            numbers[merchant] = number
            let entry = merchants.entries[merchant]
            writer.text(merchants.name(merchant))
            writer.number(UInt64(entry.mcc))
            writer.number(UInt64(entry.currency))
            writer.number(UInt64(entry.source))
            writer.number(UInt64(entry.category))
            writer.number(UInt64(entry.traits))
            writer.number(UInt64(entry.correction))
            if entry.correction != 0 { writer.number(entry.isTurned ? 1 : 0) }
        }
        return numbers
    }

    private func write(cellsTo writer: inout StateWriter, _ numbers: [Int]) {
        let live = (0..<cells.count).filter { !cells[$0].isEmpty }
        var monthCount = 0
        var previous: UInt32?
        for index in live where cells.key(index).month != previous {
            previous = cells.key(index).month
            monthCount += 1
        }
        writer.number(monthCount)
        var start = 0
        previous = nil
        while start < live.count {
            let month = cells.key(live[start]).month
            let end = live[start...].firstIndex { cells.key($0).month != month } ?? live.count
            writer.number(UInt64(month - (previous.map { $0 + 1 } ?? 0)))
            previous = month
            let ofMonth = live[start..<end]
            let split =
                ofMonth.firstIndex { cells.key($0).merchant != nil } ?? end
            writer.number(split - start)
            for index in live[start..<split] {
                writer.number(UInt64(cells.key(index).bits & 0x3_FFFF))
                writer.signed(cells[index].sum)
                writer.signed(cells[index].count)
            }
            writer.number(end - split)
            let ordered = live[split..<end].map { (number: numbers[merchant(of: $0)], index: $0) }
                .sorted { $0.number < $1.number }
            for (number, index) in ordered {
                writer.number(number)
                writer.signed(cells[index].sum)
                writer.signed(cells[index].count)
                writer.number(UInt64(cells[index].day))
            }
            start = end
        }
    }

    private func merchant(of index: Int) -> Int { cells.key(index).merchant ?? 0 }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `.malformedState`.
    public init(decoding bytes: Span<UInt8>) throws(FoldError) {
        self.init()
        var reader = StateReader(bytes)
        let day = try reader.number(through: UInt64(SpendingState.dayMax) + 1)
        if day > 0 {
            lastDay = Int32(day) - 1
            latest = UInt32(CivilDate(daysSinceEpoch: lastDay).month.index)
            try read(merchantsFrom: &reader)
            try read(cellsFrom: &reader)
        }
        if !reader.isAtEnd {
            try corrections.read(from: &reader)
            guard !corrections.isBlank else { throw .malformedState }
        }
        try reader.finish()
    }

    /// 2139-12-31.
    static let dayMax: Int32 = 62_090

    private mutating func read(merchantsFrom reader: inout StateReader) throws(FoldError) {
        let count = try reader.count(through: MerchantTable.countMax)
        for number in 0..<count {
            let name = try reader.text(through: MerchantTable.nameBytesMax)
            let mcc = try reader.number(through: 65_535)
            let currency = try reader.number(through: 999)
            let source = try reader.number(through: 6)
            let category = try reader.number(through: 255)
            let traits = try reader.number(through: 31)
            let correction = UInt8(try reader.number(through: 255))
            let isTurned = correction == 0 ? 0 : try reader.number(through: 1)
            guard !name.isEmpty, currency > 0, category > 0, traits & 15 >= 1, traits & 15 <= 10,
                let origin = MerchantSource(rawValue: UInt8(source))
            else { throw .malformedState }
            let identity = MerchantIdentity(
                mcc: UInt32(mcc),
                currency: UInt16(currency),
                source: origin
            )
            let merchant = merchants.insert(
                name,
                count: name.count,
                hash: MerchantTable.hash(name, count: name.count, identity),
                identity,
                category: UInt8(category),
                traits: UInt8(traits)
            )
            merchants.setCorrection(merchant, correction, isTurned: isTurned == 1)
            guard number == 0 || merchants.precedes(number - 1, number) else {
                throw .malformedState
            }
        }
    }

    private mutating func read(cellsFrom reader: inout StateReader) throws(FoldError) {
        var isSeen = [Bool](repeating: false, count: merchants.entries.count)
        var next: UInt32 = 0
        for _ in 0..<(try reader.count(through: Int(CellKey.monthMax) + 1)) {
            guard next <= latest else { throw .malformedState }
            let month = next + UInt32(try reader.number(through: UInt64(latest - next)))
            next = month + 1
            let before = cells.count
            for _ in 0..<(try reader.count(through: SpendingCells.countMax)) {
                let place = UInt32(try reader.number(through: 0x3_FFFF))
                let key = CellKey(bits: month << 19 | place)
                guard key.category > 0, key.currency > 0, key.currency <= 999 else {
                    throw .malformedState
                }
                try append(try reader.tally(), key)
            }
            let merchantCount = try reader.count(through: merchants.entries.count)
            guard merchantCount == 0 || month >= detailFrom() else { throw .malformedState }
            for _ in 0..<merchantCount {
                let number = Int(try reader.number(through: UInt64(merchants.entries.count) - 1))
                var tally = try reader.tally()
                tally.day = UInt8(try reader.number(through: 31))
                isSeen[number] = true
                merchants.setHint(number, cells.count)
                try append(tally, CellKey(month: month, merchant: number))
            }
            guard cells.count > before else { throw .malformedState }
        }
        guard isSeen.allSatisfy({ $0 }) else { throw .malformedState }
    }

    private mutating func append(_ tally: Tally, _ key: CellKey) throws(FoldError) {
        guard !tally.isEmpty, cells.keys.last.map({ $0 < key.bits }) ?? true,
            cells.count < SpendingCells.countMax
        else { throw .malformedState }
        try cells.append(tally, key)
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    fileprivate mutating func tally() throws(FoldError) -> Tally {
        let sum = try signed()
        return Tally(sum: sum, count: try signed())
    }
}

extension MerchantTable {
    /// Order of the encoding: by name, then mcc, currency, source and category; never equal.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (name(left), name(right))
        if first != second { return first.lexicographicallyPrecedes(second) }
        let (one, other) = (entries[left], entries[right])
        return (one.mcc, one.currency, one.source, one.category)
            < (other.mcc, other.currency, other.source, other.category)
    }
}

extension EventView {
    /// Value of one of the fact's unsigned numbers, 0 when it is left out; read in place, for those
    /// who decode a few facts of many.
    func number(inField field: UInt32) throws(EventError) -> UInt64 {
        var reader = WireReader(fact)
        var number: UInt64 = 0
        while let tag = try reader.tag() {
            if tag == field << 3 { number = try reader.varint() } else { try reader.skip(tag) }
        }
        return number
    }
}

/// Hides lengths: what a frame's size tells an observer.
enum Padding {
    /// Smallest padded body: every very short content looks alike.
    static let floor = 32

    /// Padmé (Nikitin and others, PURBs, 2019): at most 12 % more, leaks O(log log) bits of the
    /// length.
    static func padme(_ count: Int) -> Int {
        guard count > floor else { return floor }
        let exponent = Int.bitWidth - 1 - count.leadingZeroBitCount
        let significant = Int.bitWidth - exponent.leadingZeroBitCount
        let mask = (1 << max(0, exponent - significant)) - 1
        return (count + mask) & ~mask
    }

    /// Powers of two from 256 bytes: for text that a counterparty chose, where Padmé's finer steps
    /// would let it probe by the packed length what else is in the frame.
    static func bucket(_ count: Int) -> Int {
        var size = 256
        while size < count { size <<= 1 }
        return size
    }
}

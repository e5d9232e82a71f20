internal import Commands
internal import Finance
internal import FoundationEssentials
internal import Frame

extension TransferReport.Note {
    /// The event with what the log made of the observations, its length before it.
    func append(with changes: [ObservedChanges], to bytes: inout [UInt8]) {
        var event = event
        if let first = counted.first {
            let compartment = Data(changes[first].compartment.bytes)
            switch event.fact {
            case .transferCompleted:
                event.transferCompleted.compartment = compartment
                event.transferCompleted.added = UInt32(
                    clamping: changes[counted].reduce(0) { $0 + $1.added }
                )
                event.transferCompleted.retracted = UInt32(
                    clamping: changes[counted].reduce(0) { $0 + $1.retracted }
                )
            case .transferFailed: event.transferFailed.compartment = compartment
            case .quarantineReleased:
                event.quarantineReleased.events = UInt32(
                    clamping: changes[counted].reduce(0) { $0 + $1.added }
                )
            default: break
            }
        }
        EventBytes.append(event, to: &bytes)
    }
}

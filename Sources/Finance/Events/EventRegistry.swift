/// Which event types this build knows, which version each is, and how old versions become new.
///
/// A type number means one message in one version for ever. What happened keeps its bytes; when
/// an old version is read, its upcasters run one after another until the version is current, so a
/// fold sees current versions only. Made once at startup, where a gap or a cycle refuses to start.
public struct EventRegistry: Sendable {
    /// One version of one fact.
    public struct Entry: Hashable, Sendable {
        /// Number in `Event.fact`.
        public let type: EventType
        /// Name that all versions share: the message's name in version 1.
        public let name: String
        /// 1, 2, 3 … without gaps.
        public let version: UInt32

        /// A version of a fact.
        public init(_ type: EventType, _ name: String, version: UInt32 = 1) {
            self.type = type
            self.name = name
            self.version = version
        }
    }

    /// What to do with an event.
    public enum Reading: Hashable, Sendable {
        /// Fold it as it is.
        case current
        /// Fold these bytes instead: the same event as the current version states it.
        case upcast([UInt8])
        /// A later build wrote it: park it and raise the alarm, never skip it.
        case unknown(EventType)
    }

    private let entries: [EventType: Entry]
    private let upcasters: [EventType: Upcaster]
    /// Standing by type number, for the check that every event takes.
    private let isCurrent: [Bool]

    /// A registry of `entries`, or the first reason, by type number, why they do not fit together.
    ///
    /// - Throws: a bug of this build, which must not start.
    public init(_ entries: [Entry], upcasters: [Upcaster] = []) throws(RegistryError) {
        self.entries = try EventRegistry.index(entries)
        self.upcasters = try EventRegistry.index(upcasters, self.entries)
        try EventRegistry.check(self.entries, self.upcasters)
        let last = self.entries.keys.map(\.rawValue).max() ?? 0
        isCurrent = (0...last).map { [known = self.entries, older = self.upcasters] number in
            let type = EventType(rawValue: number)
            return known[type] != nil && older[type] == nil
        }
    }

    /// The version that a type number stands for, or nil if this build does not know it.
    public func entry(of type: EventType) -> Entry? {
        entries[type]
    }

    /// Whether events of this type can be folded as they are.
    @inline(__always)
    public func isCurrent(_ type: EventType) -> Bool {
        type.rawValue < UInt32(isCurrent.count) && isCurrent[Int(type.rawValue)]
    }

    /// What to do with `event`.
    ///
    /// - Throws: why an old version cannot be restated; the event is parked with it.
    public func read(_ event: EventView) throws(UpcastError) -> Reading {
        if isCurrent(event.type) { return .current }
        guard entries[event.type] != nil else { return .unknown(event.type) }
        var type = event.type
        var fact = event.fact.bytesCopied
        while let upcaster = upcasters[type] {
            fact = try upcaster.restate(fact)
            type = upcaster.to
        }
        return .upcast(try event.restated(as: type, fact))
    }
}

/// Why a set of event types and upcasters cannot be used.
public enum RegistryError: Error, Hashable, Sendable {
    /// Two entries have this type number. Fix: give the later one a number of its own.
    case typeRepeated(EventType)
    /// A number below 10 belongs to the envelope.
    case typeReserved(EventType)
    /// Two type numbers claim the same version of a fact.
    case versionRepeated(name: String, version: UInt32)
    /// A fact has later versions but not this one.
    case versionMissing(name: String, version: UInt32)
    /// An upcaster names a type that has no entry.
    case upcasterUnknown(EventType)
    /// Two upcasters start from this type.
    case upcasterRepeated(EventType)
    /// An old version has no upcaster, so its events could never be folded.
    case upcasterMissing(EventType)
    /// An upcaster does not lead to the next version of its fact.
    case upcasterSkips(from: EventType, to: EventType)
    /// Following upcasters from this type never ends.
    case cycle(EventType)
}

extension EventRegistry {
    private static func index(_ entries: [Entry]) throws(RegistryError) -> [EventType: Entry] {
        var byType: [EventType: Entry] = [:]
        for entry in entries {
            guard entry.type.rawValue >= EventType.first else { throw .typeReserved(entry.type) }
            guard byType.updateValue(entry, forKey: entry.type) == nil else {
                throw .typeRepeated(entry.type)
            }
        }
        return byType
    }

    private static func index(
        _ upcasters: [Upcaster],
        _ entries: [EventType: Entry]
    ) throws(RegistryError) -> [EventType: Upcaster] {
        var byType: [EventType: Upcaster] = [:]
        for upcaster in upcasters {
            for type in [upcaster.from, upcaster.to] where entries[type] == nil {
                throw .upcasterUnknown(type)
            }
            guard byType.updateValue(upcaster, forKey: upcaster.from) == nil else {
                throw .upcasterRepeated(upcaster.from)
            }
        }
        return byType
    }

    private static func check(
        _ entries: [EventType: Entry],
        _ upcasters: [EventType: Upcaster]
    ) throws(RegistryError) {
        var versions: [String: [UInt32: Entry]] = [:]
        let ordered = entries.values.sorted { $0.type.rawValue < $1.type.rawValue }
        for entry in ordered {
            guard
                versions[entry.name, default: [:]].updateValue(entry, forKey: entry.version) == nil
            else { throw .versionRepeated(name: entry.name, version: entry.version) }
        }
        for entry in ordered {
            let siblings = versions[entry.name] ?? [:]
            guard entry.version > 0 else { throw .versionMissing(name: entry.name, version: 1) }
            guard entry.version == 1 || siblings[entry.version - 1] != nil else {
                throw .versionMissing(name: entry.name, version: entry.version - 1)
            }
            try checkChain(from: entry, upcasters)
            let upcaster = upcasters[entry.type]
            if let next = siblings[entry.version + 1] {
                // Only the last version may stay as it is.
                guard let upcaster else { throw .upcasterMissing(entry.type) }
                guard upcaster.to == next.type else {
                    throw .upcasterSkips(from: entry.type, to: upcaster.to)
                }
            } else if let upcaster, entries[upcaster.to]?.name == entry.name {
                throw .upcasterSkips(from: entry.type, to: upcaster.to)
            }
        }
    }

    private static func checkChain(
        from entry: Entry,
        _ upcasters: [EventType: Upcaster]
    ) throws(RegistryError) {
        var seen: Set<EventType> = [entry.type]
        var type = entry.type
        while let upcaster = upcasters[type] {
            guard seen.insert(upcaster.to).inserted else { throw .cycle(entry.type) }
            type = upcaster.to
        }
    }
}

internal import Commands
internal import Finance
internal import Frame
internal import FoundationEssentials
internal import MyData
internal import Vault

extension QuarantineDesk {
    /// What is to be done with an answer.
    enum Decided {
        /// Nothing.
        case ended(RedriveResult)
        /// It stays, perhaps for another reason than before.
        case broken(AnswerFault, isNew: Bool, (name: CompartmentName, event: Event))
        /// It goes; the report is nil when nothing is to be recorded of it.
        case released(Event, TransferReport?, CompartmentName)
    }

    /// Decides against the person's log as it is; also says at which revision.
    func decide(
        _ id: QuarantineID,
        by actor: String,
        at now: Int64
    ) throws(QuarantineError) -> (Decided, UInt64) {
        let found = try find(id.subject, bodyOf: id.number)
        guard let stored = found.answers[id.number] else { throw .unknown }
        if let released = stored.released { return (.ended(.released(released.outcome)), 0) }
        guard stored.isWhole, let call = stored.call else { throw .incomplete }
        let name: CompartmentName
        do throws(RecordError) {
            name = try self.name(of: stored, id.subject)
        } catch {
            throw .record(error)
        }
        let permit = try permit(stored, in: name, of: id.subject, at: now)
        var event = Event()
        event.occurredAt = now / 1_000_000
        guard !stored.isSuperseded else {
            event.quarantineReleased = stored.release(.superseded, by: actor)
            return (.released(event, nil, name), found.revision)
        }
        do throws(AnswerFault) {
            let answer = try readers.read(
                Array(stored.payload.payload),
                of: call,
                from: source(stored.payload),
                askedAt: stored.payload.askedAt
            )
            let report = Redrive(stored, call, permit, name).report(
                of: answer,
                released: stored.release(.taken, by: actor)
            )
            return (.released(event, report, name), found.revision)
        } catch {
            event.quarantineRetried = stored.retry(error, by: actor)
            let isNew = error != stored.fault
            return (.broken(error, isNew: isNew, (name, event)), found.revision)
        }
    }

    /// Data of somebody who ended the request is not recorded, whenever it was answered, nor what
    /// the request that lives now does not open.
    func permit(
        _ stored: StoredAnswer,
        in name: CompartmentName,
        of subject: SubjectID,
        at now: Int64
    ) throws(QuarantineError) -> CollectionPermit {
        let register: TransferRegister
        do throws(BookError) {
            register = try books.book(of: subject).register
        } catch {
            throw .book(error)
        }
        let seconds = now / 1_000_000
        func permit(_ trigger: TransferTrigger) throws(ConsentRefusal) -> CollectionPermit {
            try register.permit(
                provider: stored.payload.provider,
                trigger: trigger,
                on: KoreanClock.day(at: seconds),
                at: seconds
            )
        }
        do throws(ConsentRefusal) {
            let found: CollectionPermit
            do throws(ConsentRefusal) {
                found = try permit(stored.payload.trigger)
            } catch .notScheduled {
                found = try permit(.userRefresh)
            } catch .inactive {
                found = try permit(.userRefresh)
            } catch .triggerUnknown {
                found = try permit(.userRefresh)
            }
            guard found.allows(stored.payload.api), found.allows(name, at: stored.compartment)
            else { throw ConsentRefusal.assetOutsideScope }
            return found
        } catch {
            throw .refused(error)
        }
    }

    func source(_ payload: PayloadQuarantined) -> AnswerSource {
        var source = AnswerSource(payload.industry, version: Int(payload.version))
        source.tolerates = providers?[payload.provider]?.tolerates ?? []
        return source
    }

    /// The compartment in which it lies, by its name.
    func name(
        of stored: StoredAnswer,
        _ subject: SubjectID
    ) throws(RecordError) -> CompartmentName {
        guard !stored.isList else { return .quarantine(of: stored.payload.provider) }
        do throws(VaultError) {
            let asset = try vault.assets(of: subject).first {
                $0.compartment == stored.compartment
            }
            guard let asset else { throw VaultError.unknownCompartment }
            return .asset(asset.name)
        } catch {
            throw .vault(error)
        }
    }

    func find(
        _ subject: SubjectID,
        bodyOf wanted: UInt64? = nil
    ) throws(QuarantineError) -> QuarantineReader.Found {
        do throws(BookError) {
            return try reader.read(subject, bodyOf: wanted)
        } catch .vault(.unknownSubject) {
            throw .unknown
        } catch .vault(.subjectErased) {
            throw .unknown
        } catch {
            throw .book(error)
        }
    }

    func entry(_ stored: StoredAnswer, _ id: QuarantineID) -> QuarantineEntry {
        QuarantineEntry(
            id: id,
            provider: stored.payload.provider,
            api: stored.payload.api,
            fault: stored.fault,
            askedAt: stored.payload.askedAt,
            byteCount: stored.payload.size,
            outcome: stored.released?.outcome
        )
    }

    func record(
        _ note: (name: CompartmentName, event: Event),
        of subject: SubjectID,
        at now: Int64,
        _ revision: UInt64
    ) async throws(RecordError) {
        var bytes: [UInt8] = []
        EventBytes.append(note.event, to: &bytes)
        let events = bytes
        let person = PersonObservations(
            of: subject,
            [],
            evidence: Evidence(in: [note.name]) { _ in [events] }
        )
        let results = await recorder.observe([person], at: now, expecting: [subject: revision])
        _ = try results[0].get()
    }

    func append(
        _ notes: [(name: CompartmentName, event: Event)],
        to subject: SubjectID,
        at now: Int64
    ) async throws(QuarantineError) {
        let events = notes.map { note in
            var bytes: [UInt8] = []
            EventBytes.append(note.event, to: &bytes)
            return bytes
        }
        let evidence = Evidence(in: notes.map(\.name)) { _ in events }
        do throws(RecordError) {
            _ = try await recorder.observe([], of: subject, at: now, evidence: evidence)
        } catch {
            throw .record(error)
        }
    }

    static func taken(_ changes: [ObservedChanges]) -> RedriveResult {
        .taken(
            added: changes.reduce(0) { $0 + $1.added },
            retracted: changes.reduce(0) { $0 + $1.retracted }
        )
    }
}

extension CollectionPermit {
    /// Whether data of a compartment may be recorded; of a provider's lists, what they name is
    /// looked at one by one.
    fileprivate func allows(_ name: CompartmentName, at compartment: CompartmentID) -> Bool {
        guard case .asset(let asset) = name else { return true }
        guard let kind = AssetKind(rawValue: Int(asset.kind)) else { return false }
        // It was asked about, so it was allowed, and people grow older: of a minor, a debit card.
        return allows(
            kind,
            compartment: AssetID(high: compartment.high, low: compartment.low),
            card: kind == .card ? .debit : .unspecified
        )
    }
}

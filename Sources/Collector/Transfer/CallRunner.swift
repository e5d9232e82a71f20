internal import Cryptography
internal import Finance
internal import MyData

/// Makes the calls of one person at one provider.
struct CallRunner: Sendable {
    let desk: ProviderDesk
    let token: TokenKeeper
    let readers: AnswerReaders
    let source: AnswerSource
    /// Whose calls they are: all of the person's, or those of one asset or list.
    var turn = Turn()

    /// What a try of one page came to.
    private enum Try {
        case page(Answer)
        case over(CallResult.End)
        case again(afterMilliseconds: Int64)
        case renew
    }

    /// The same for one asset or list of the person, which may be over before the others.
    func inOwnTurn() -> CallRunner {
        var runner = self
        runner.turn = Turn(of: turn)
        return runner
    }

    /// Asks one question to its last page.
    func run(_ question: Question) async -> CallResult {
        var result = CallResult(question.call, window: question.window)
        guard desk.offers(question.call.api) else {
            result.end = .absent(nil)
            return result
        }
        let start = desk.clock.now()
        result.end = await pages(of: question, into: &result)
        switch result.end {
        case .complete, .unchanged, .closed, .quarantined: desk.has(question.call.api)
        // What the request does not open (40104) another may.
        case .absent(let failure?) where failure.code != ResponseCode.scopeMissing.rawValue:
            desk.lacks(question.call.api)
        case .absent, .failed, .skipped: break
        }
        result.made.milliseconds = UInt32(clamping: (desk.clock.now() - start) / 1_000)
        if case .failed(let failure) = result.end {
            result.made.code = failure.code
            turn.end(failure.reach)
        }
        return result
    }

    private func pages(of question: Question, into result: inout CallResult) async -> CallResult.End
    {
        var paging = Paging(pagesMax: desk.provider.limits.pagesMax)
        var cursor: String?
        while true {
            let answer: Answer
            switch await page(cursor, of: question, into: &result) {
            case .success(let page): answer = page
            case .failure(let ended): return ended.end
            }
            if answer.isUnchanged {
                result.made.code = 1
                return .unchanged
            }
            let taken = paging.took(
                next: answer.nextPage,
                digest: answer.listDigest,
                rows: answer.rowCount
            )
            result.take(answer, isNew: taken.isNew)
            desk.board.count { $0.rows += UInt64(answer.rowCount) }
            guard result.made.bytes <= UInt64(desk.provider.limits.callBytesMax) else {
                return .failed(CallResult.Failure(status: 200, reach: .call))
            }
            switch taken.step {
            case .done: return .complete
            case .next(let next): cursor = next
            case .cursorRepeats, .tooMany:
                return .failed(CallResult.Failure(status: 200, reach: .call))
            }
        }
    }

    private struct Ended: Error { var end: CallResult.End }

    private func page(
        _ cursor: String?,
        of question: Question,
        into result: inout CallResult
    ) async -> Result<Answer, Ended> {
        var rules = CallRules(
            attemptsMax: desk.provider.limits.attemptsMax,
            seed: desk.clock.chance()
        )
        var held: TokenKeeper.Held
        guard !turn.isOver else { return .failure(Ended(end: .skipped)) }
        do throws(TokenRefusal) {
            held = try await token.current()
        } catch {
            return .failure(Ended(end: end(of: error, rules)))
        }
        while true {
            let next = await attempt(cursor, of: question, held, &rules, into: &result)
            switch next {
            case .page(let answer): return .success(answer)
            case .over(let end): return .failure(Ended(end: end))
            case .again(let milliseconds):
                do {
                    try await desk.clock.sleep(.milliseconds(milliseconds))
                } catch {
                    return .failure(Ended(end: .skipped))
                }
            case .renew:
                do throws(TokenRefusal) {
                    held = try await token.renewed(after: held.generation)
                } catch {
                    return .failure(Ended(end: end(of: error, rules)))
                }
            }
        }
    }

    private func end(of refusal: TokenRefusal, _ rules: CallRules) -> CallResult.End {
        var failure = CallResult.Failure(attempts: rules.attempts, reach: .person)
        switch refusal {
        case .transport(.cancelled): return .skipped
        case .refused(let error, let status):
            failure.status = status
            switch error.action {
            case .askPerson: failure.code = ResponseCode.tokenInvalid.rawValue
            case .stopProvider: desk.stop(forSeconds: 3_600)
            case .retry, .giveUpPerson: break
            }
        case .unreadable(let status): failure.status = status
        // There is no token that the person need not agree to anew.
        case .duplicate, .nothingToRefresh: failure.code = ResponseCode.tokenInvalid.rawValue
        case .transport: break
        }
        return .failed(failure)
    }

    private func attempt(
        _ cursor: String?,
        of question: Question,
        _ held: TokenKeeper.Held,
        _ rules: inout CallRules,
        into result: inout CallResult
    ) async -> Try {
        let askedAt = desk.clock.seconds
        let (heard, transaction) = await desk.send(if: { [turn] in !turn.isOver }) { transaction in
            question.request(page: cursor, token: held.access, transaction: transaction)
        }
        if result.made.transaction.isEmpty { result.made.transaction = transaction }
        desk.board.count { $0.requests += 1 }
        switch heard {
        case .stopped: return .over(.skipped)
        case .fault(let fault):
            desk.board.count { $0.unanswered += 1 }
            return decide(rules.answered(.failed(fault)), rules)
        case .reply(let reply, let code):
            desk.board.count { $0.bytes += UInt64(reply.body.count) }
            result.made.bytes += UInt64(reply.body.count)
            guard reply.status == 200 else {
                desk.board.count { $0.refusals[code ?? 0, default: 0] += 1 }
                result.made.code = code ?? 0
                let outcome: CallOutcome =
                    code.map {
                        .answered(status: reply.status, code: $0, retryAfter: reply.retryAfter)
                    } ?? .unreadable(status: reply.status, retryAfter: reply.retryAfter)
                return decide(rules.answered(outcome), rules, status: reply.status, code: code ?? 0)
            }
            let page = result.made.pages
            let place = Place(page: page, cursor: cursor, transaction: transaction)
            return read(reply, of: question, at: place, askedAt, &rules)
        }
    }

    /// Which page of a call's answer, asked for as what.
    private struct Place {
        var page: UInt32
        var cursor: String?
        var transaction: String
    }

    private func read(
        _ reply: ProviderReply,
        of question: Question,
        at place: Place,
        _ askedAt: Int64,
        _ rules: inout CallRules
    ) -> Try {
        do throws(AnswerFault) {
            let answer = try readers.read(
                reply.body,
                of: question.call,
                from: source,
                askedAt: askedAt
            )
            let action = rules.answered(
                .answered(status: 200, code: answer.code, retryAfter: reply.retryAfter)
            )
            let isSaid = action == .unchanged && question.isConditional(page: place.cursor)
            guard action != .take, !isSaid else { return .page(answer) }
            desk.board.count { $0.refusals[answer.code, default: 0] += 1 }
            return decide(action, rules, status: 200, code: answer.code)
        } catch {
            let action = rules.answered(.unreadable(status: 200, retryAfter: nil))
            guard action == .quarantine else { return decide(action, rules, status: 200) }
            desk.board.count { $0.quarantined += 1 }
            var payload = quarantined(reply.body, of: question, askedAt, error)
            (payload.transaction, payload.page) = (place.transaction, place.page)
            return .over(.quarantined(payload))
        }
    }

    /// An answer to put aside, with all that it takes to read it again.
    private func quarantined(
        _ body: [UInt8],
        of question: Question,
        _ askedAt: Int64,
        _ fault: AnswerFault
    ) -> PayloadQuarantined {
        var payload = PayloadQuarantined()
        payload.id = desk.clock.chance()
        payload.api = question.call.api
        (payload.reason, payload.field, payload.row) = (fault.reason, fault.field, fault.row)
        payload.payload.append(contentsOf: body)
        payload.digest.append(contentsOf: SHA256.hash(body).bytes)
        payload.size = UInt32(clamping: body.count)
        payload.query.append(contentsOf: question.record)
        payload.provider = desk.provider.code
        payload.industry = source.industry
        payload.version = UInt32(clamping: source.version)
        payload.askedAt = askedAt
        payload.trigger = question.window?.trigger ?? question.trigger
        payload.fromOn = question.window?.days.lowerBound.digits ?? 0
        payload.toOn = question.window?.days.upperBound.digits ?? 0
        return payload
    }

    private func decide(
        _ action: CallAction,
        _ rules: CallRules,
        status: UInt32 = 0,
        code: UInt32 = 0
    ) -> Try {
        func failure(_ reach: CallResult.Failure.Reach) -> CallResult.Failure {
            CallResult.Failure(
                status: status,
                code: code,
                attempts: rules.attempts,
                reach: reach
            )
        }
        func failed(_ reach: CallResult.Failure.Reach) -> Try { .over(.failed(failure(reach))) }
        switch action {
        case .retry(let milliseconds): return .again(afterMilliseconds: milliseconds)
        case .refreshToken: return .renew
        case .closeAsset: return .over(.closed)
        case .skipAPI: return .over(.absent(failure(.call)))
        case .giveUpAsset: return failed(.asset)
        case .giveUpPerson, .waitForSlot: return failed(.person)
        case .endRequest: return failed(.request)
        case .stopProvider(let seconds):
            desk.stop(forSeconds: seconds)
            return failed(.person)
        // Unchanged since nothing that was said says nothing: there is nothing to put aside.
        case .giveUpCall, .waitForWeek, .take, .unchanged, .quarantine: return failed(.call)
        }
    }
}

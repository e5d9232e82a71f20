"""Made-up provider events of every industry, from a seed: what the dictionary is trained on."""
import pathlib, random
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "Schemas"
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(
        (SCHEMAS / "schemas.binpb").read_bytes()).file:
    pool.Add(file)


def make(message, /, **fields):
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("jangbu.v1." + message))(**fields)


CHAINS = """GS25 CU 세븐일레븐 이마트24 미니스톱 스타벅스 투썸플레이스 이디야커피 메가MGC커피 컴포즈커피
빽다방 할리스 파스쿠찌 폴바셋 파리바게뜨 뚜레쥬르 던킨 배스킨라빈스 맥도날드 버거킹 롯데리아 맘스터치 KFC
써브웨이 본죽 김밥천국 한솥도시락 교촌치킨 BBQ BHC 굽네치킨 도미노피자 이마트 홈플러스 롯데마트 코스트코코리아
하나로마트 노브랜드 다이소 올리브영 무신사 유니클로 자라 에이비씨마트 교보문고 영풍문고 알라딘 CGV 롯데시네마
메가박스 SK에너지 GS칼텍스 현대오일뱅크 S-OIL 티머니 코레일유통 고속버스 카카오T택시 쏘카 SRT 대한항공
아시아나항공 제주항공 롯데백화점 신세계백화점 현대백화점 하이마트 삼성전자판매 애플코리아 쿠팡 11번가 G마켓
네이버페이 카카오페이 토스페이먼츠 배달의민족 요기요 쿠팡이츠 마켓컬리 SSG닷컴 오늘의집 야놀자 여기어때 넷플릭스
유튜브프리미엄
멜론 지니뮤직 SKT통신요금 KT통신요금 LGU+통신요금 한국전력공사 서울도시가스 국민건강보험공단 국민연금공단
NETFLIX.COM SPOTIFY AMAZON.COM AMZN*MKTP PAYPAL APPLE.COM/BILL GOOGLE*YOUTUBE UBER*TRIP
AIRBNB BOOKING.COM
STARBUCKS MCDONALDS WALMART TARGET COSTCO SHELL TESCO STORES SAINSBURYS ASDA BOOTS ARGOS W.H.SMITH
TRAINLINE TRAVELODGE PREMIER INN HOTEL RYANAIR EASYJET IKEA DELIVEROO JUST EAT""".split()
PLACES = """강남점 역삼점 서초점 신촌점 홍대점 종로점 여의도점 잠실점 판교점 분당점 수원점 인천점 부평점 일산점
대전점 둔산점 대구점 동성로점 부산점 서면점 해운대점 광주점 상무점 울산점 제주점 천안점 청주점 전주점 세종점
본점 지점 역점 센터점 LONDON BIRMINGHAM SEOUL""".split()
TRADES = """식당 김밥 분식 약국 의원 치과의원 한의원 내과의원 소아과의원 이비인후과 정형외과 미용실 헤어샵 세탁소 문구
서점 꽃집 마트 슈퍼 정육점 반찬 떡집 베이커리 커피 카페 호프 포차 횟집 갈비 곱창 족발 보쌈 치킨 피자 국밥 칼국수
냉면 초밥 돈까스 쌀국수 학원 태권도 피아노 요가 필라테스 헬스 골프연습장 당구장 노래연습장 PC방 주유소 충전소 세차장
카센터 타이어 주차장 모텔 호텔 펜션 안경 철물 인테리어 부동산 동물병원 애견샵 CAFE RESTAURANT PHARMACY STORES
HARDWARE GARAGE TAXIS COLLEGE SUPPLIES SERVICES LTD LIMITED""".split()
SYLLABLES = """가 강 고 광 구 금 길 나 남 다 대 덕 도 동 두 라 락 마 만 명 무 문 미 민 바 방 백 별 보 복 본
봄 부 북 사 산 삼 새 서 선 성 세 소 솔 송 수 순 승 시 신 아 안 양 여 연 영 예 오 옥 온 우 원 유 은 을 이 인
일 자 장 전 정 제 조 주 중 지 진 참 창 천 청 초 춘 큰 태 토 통 파 팔 평 포 풍 하 한 해 햇 향 현 호 홍 화 황""".split()
MEMOS = """급여 이자 카드대금 통신요금 보험료 관리비 월세 용돈 적금 대출이자 자동이체 현금인출 전기요금 가스요금
수도요금 건강보험 국민연금 체크카드결제 예금이자 캐시백 환급금 펀드 학원비 기부금 회비""".split()
FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
MCCS = [5411, 5812, 5814, 5499, 5541, 5912, 8062, 8011, 4121, 4111, 4131, 5311, 5331, 5651, 5661,
        5732, 5942, 7011, 7230, 7211, 7832, 7997, 4814, 4900, 6300, 8299, 5462, 5813, 5977, 4816]


class World:
    """People and what their providers report; everything from one seed."""

    def __init__(self, seed, chains=True):
        self.r = random.Random(seed)
        self.merchants = [self.merchant(chains) for _ in range(4_000)]

    def digits(self, count):
        return "".join(self.r.choice("0123456789") for _ in range(count))

    def merchant(self, chains):
        r = self.r
        if chains and r.random() < 0.5:
            name = r.choice(CHAINS)
            if r.random() < 0.6:
                name += r.choice(["", " ", ""]) + r.choice(PLACES)
        else:
            name = "".join(r.choice(SYLLABLES) for _ in range(r.randint(2, 4)))
            name += r.choice(["", "", " "]) + r.choice(TRADES)
            if r.random() < 0.15:
                name = "(주)" + name
        registration = self.digits(3) + "8" + self.digits(6)
        return name, r.choice(MCCS), registration

    def won(self, most=300_000):
        r = self.r
        value = int(min(most, r.lognormvariate(9.4, 1.1)))
        return max(100, value // 100 * 100 if r.random() < 0.85 else value // 10 * 10) * 1000

    def day(self, later=0):
        return (2021 + later + self.r.randrange(6)) * 10_000 + self.r.randint(1, 12) * 100 \
            + self.r.randint(1, 28)

    def approvals(self, count):
        """One card's approvals: habits, Korean or foreign, with or without mcc and registration."""
        r = self.r
        habits = r.sample(self.merchants, 12)
        style = r.choice(["korean", "korean", "korean", "registered", "mcc", "british", "terminal"])
        at = r.randint(1_609_459_200, 1_830_000_000)
        pay_type = r.choice([1, 1, 2])
        for _ in range(count):
            at += int(r.expovariate(1 / 50_000)) + 60
            name, mcc, registration = r.choice(habits) if r.random() < 0.6 \
                else r.choice(self.merchants)
            fields = dict(amount=self.won(), merchant_name=name, pay_type=pay_type, status=1,
                          approval_number=self.digits(8))
            offset = None
            if r.random() < 0.08:
                fields["instalments"] = r.choice([2, 3, 3, 6, 10, 12])
            if style == "registered":
                fields["merchant_registration"] = registration
            elif style == "mcc":
                fields["mcc"] = mcc
            elif style == "british":
                fields = dict(amount=r.randint(100, 90_000) * 10, currency=826, mcc=mcc,
                              merchant_name=name, pay_type=1, status=1,
                              approval_number=self.digits(8))
                offset = 0
            elif style == "terminal":
                fields = dict(amount=r.randint(100, 30_000) * 10, currency=840, mcc=mcc,
                              merchant_id=self.digits(18), pay_type=1, entry_mode=r.randint(1, 3),
                              merchant_name=name, merchant_city="Springfield",
                              merchant_region="CA", merchant_postcode=self.digits(5))
                offset = -300
            event = make("Event", occurred_at=at, card_approved=make("CardApproved", **fields))
            if offset is not None:
                event.utc_offset_minutes = offset
            if r.random() < 0.03:
                keep = {k: v for k, v in fields.items() if k in (
                    "amount", "merchant_name", "pay_type", "approval_number", "currency", "mcc")}
                event = make("Event", occurred_at=at + 3_600, card_approval_cancelled=make(
                    "CardApprovalCancelled", approved_at=at, **keep))
            yield event

    def bank(self, count):
        r = self.r
        at, balance = r.randint(1_609_459_200, 1_830_000_000), r.randint(0, 9_000_000) * 1000
        numbered = r.random() < 0.5
        for _ in range(count):
            at += int(r.expovariate(1 / 90_000)) + 30
            amount, out = self.won(3_000_000), r.random() < 0.75
            balance += -amount if out else amount
            memo = r.choice([r.choice(MEMOS), r.choice(MEMOS), r.choice(self.merchants)[0],
                             r.choice(FAMILY) + r.choice(SYLLABLES) + r.choice(SYLLABLES)])
            fields = dict(amount=amount, kind=2 if out else 3, balance_after=balance, memo=memo,
                          channel=r.choice(["인터넷", "모바일", "체크카드", "CD/ATM", "타행이체",
                                            "자동이체", "전자금융"]))
            if numbered:
                fields["transaction_number"] = self.digits(r.choice([4, 8]))
            yield make("Event", occurred_at=at,
                       bank_transaction_posted=make("BankTransactionPosted", **fields))

    def wallet(self, count):
        r = self.r
        at, balance = r.randint(1_609_459_200, 1_830_000_000), r.randint(0, 200_000) * 1000
        for _ in range(count):
            at += int(r.expovariate(1 / 90_000)) + 30
            kind = r.choice([5102, 5201, 5202, 5222, 5301, 5501, 5501, 5501, 6101, 6102])
            yield make("Event", occurred_at=at, emoney_transaction_posted=make(
                "EmoneyTransactionPosted", amount=self.won(100_000), kind=kind,
                merchant_name=r.choice(self.merchants)[0] if kind > 5500 else "",
                category=r.choice([7, 8, 9, 11, 99]), place=r.choice([1, 2]),
                balance_after=balance, transaction_number=self.digits(10)))

    def invest(self, count):
        r = self.r
        at = r.randint(1_609_459_200, 1_830_000_000)
        for _ in range(count):
            at += int(r.expovariate(1 / 90_000)) + 30
            quantity, price = r.randint(1, 200), r.randint(1_000, 500_000)
            code, name = r.choice([("005930", "삼성전자"), ("000660", "SK하이닉스"),
                                   ("035420", "NAVER"), ("035720", "카카오"), ("005380", "현대차"),
                                   ("069500", "KODEX 200"), ("360750", "TIGER 미국S&P500")])
            yield make("Event", occurred_at=at, invest_transaction_posted=make(
                "InvestTransactionPosted", amount=quantity * price * 1000,
                kind=r.choice([301, 341, 341, 342]), quantity=quantity * 1_000_000,
                unit_price=price * 10_000, settled_amount=quantity * price * 1000,
                balance_after=self.won(9_000_000), product_code=code, product_name=name,
                kind_detail=r.choice(["매수", "매도", "입금"]), transaction_number=self.digits(6)))
            yield make("Event", occurred_at=at, holding_reported=make(
                "HoldingReported", value=quantity * price * 1000, cost=quantity * price * 990,
                quantity=quantity * 1_000_000, product_code=code, product_name=name,
                product_type=401, side=1, credit=1, as_of=self.day()))

    def reports(self, _):
        """What a provider reports of an asset when it is first collected, and bills and loans."""
        r, at = self.r, self.r.randint(1_609_459_200, 1_830_000_000)
        some = lambda most: r.randint(1, most) * 1_000_000

        def of(field, message, /, **fields):
            return make("Event", occurred_at=at, precision=r.choice([0, 2]),
                        **{field: make(message, **fields)})

        yield of("account_listed", "AccountListed", product_name=r.choice(
            ["자유입출금통장", "급여통장", "정기예금", "정기적금", "청약저축", "마이너스통장", "신용대출",
             "주택담보대출", "전세자금대출", "외화예금"]), account_type=r.choice([1001, 1002, 3100]),
                 status=1, requested=True, customer_since=self.day())
        yield of("balance_reported", "BalanceReported", balance=some(9_000), available=some(9_000),
                 interest_rate=r.randint(10, 500) * 1000)
        yield of("deposit_terms_reported", "DepositTermsReported", opened_on=self.day(),
                 matures_on=self.day(4), saving_method=r.randint(1, 4), monthly_amount=some(500))
        yield of("loan_balance_reported", "LoanBalanceReported", balance=some(90_000),
                 principal=some(90_000), next_payment_on=self.day())
        yield of("loan_terms_reported", "LoanTermsReported", opened_on=self.day(),
                 matures_on=self.day(9), interest_rate=r.randint(300, 900) * 1000, method=2,
                 payment_day=r.randint(1, 28), repayment_bank="A1BK010000",
                 repayment_account=self.digits(14))
        yield of("loan_transaction_posted", "LoanTransactionPosted", amount=some(900), kind=2,
                 balance_after=some(90_000), principal=some(800), interest=some(100),
                 transaction_number=self.digits(6))
        yield of("card_listed", "CardListed", card_name=r.choice(
            ["신용카드", "체크카드", "The CLASSIC", "Deep Dream", "My WE:SH", "트래블로그"]),
                 card_type=r.choice([1, 2]), member=1, requested=True,
                 masked_number=self.digits(6) + "******" + self.digits(4))
        yield of("card_billed", "CardBilled", amount=some(3_000),
                 month=self.day() // 100, pays_on=self.day(), day=14, bill_number="0001")
        yield of("card_bill_line_charged", "CardBillLineCharged", amount=self.won(),
                 merchant_name=r.choice(self.merchants)[0], kind=1, month=self.day() // 100,
                 transaction_number=self.digits(6))
        yield of("card_purchase_captured", "CardPurchaseCaptured", amount=self.won(), pay_type=1,
                 merchant_name=r.choice(self.merchants)[0], capture_number=self.digits(10),
                 captured_on=self.day(), sold_on=self.day(), approval_number=self.digits(8))
        yield of("points_reported", "PointsReported", balance=r.randint(0, 90_000),
                 expiring=r.randint(0, 900), name="포인트")
        yield of("premium_paid", "PremiumPaid", amount=some(300), method=2,
                 applied_month=self.day() // 100)
        yield of("policy_cover_reported", "PolicyCoverReported", status=2, face_amount=some(90_000),
                 name=r.choice(["상해사망", "질병사망", "암진단비", "뇌출혈진단비", "실손의료비", "입원일당",
                                "수술비", "골절진단비"]), matures_on=self.day(20), required=True)
        yield of("premium_schedule_reported", "PremiumScheduleReported", amount=some(300), cycle=1,
                 day=25, ends_on=self.day(20), payment_count=240)
        yield of("prepaid_balance_reported", "PrepaidBalanceReported", balance=self.won())
        yield of("lease_transaction_posted", "LeaseTransactionPosted", amount=some(900), kind=2,
                 transaction_number=self.digits(6))
        yield of("compartment_opened", "CompartmentOpened", compartment=r.randbytes(16), purpose=1,
                 asset_kind=r.choice([1, 10, 20, 30, 40]), industry=r.randint(1, 6),
                 provider=f"A1{r.choice(['BK', 'CD', 'IV', 'IS', 'EF'])}010000",
                 asset_key=self.digits(14))
        yield of("key_wrapped", "KeyWrapped", compartment=r.randbytes(16), epoch=0,
                 wrapped_key=r.randbytes(48), holder=1)
        yield of("transfer_requested", "TransferRequested", request=r.randbytes(16),
                 provider="A1BK010000", signed_digest=r.randbytes(32), terms=make(
                     "TransferTerms", scope="bank.list bank.deposit", scheduled=True,
                     basic_cycle=7, additional_cycle=1, ends_on=self.day(1),
                     purpose="통합조회 서비스", kept_until=self.day(2)))
        yield of("category_corrected", "CategoryCorrected", category="food",
                 category_before="other",
                 merchant_name=r.choice(self.merchants)[0], rules_version=1)


def body(events):
    """A frame's body: each event with its length before it."""
    out = bytearray()
    for event in events:
        raw = event.SerializeToString(deterministic=True)
        length = len(raw)
        while length > 127:
            out.append(length & 127 | 128)
            length >>= 7
        out.append(length)
        out += raw
    return bytes(out)

/// The one page of the sandbox's authentication body: it asks who one is and whether one agrees.
struct PersonIssuerPage: Sendable {
    let html: String

    init(_ question: PersonIssuer.Question, people: Int) {
        let hidden = [
            ("client_id", question.client), ("redirect_uri", question.redirect),
            ("response_type", "code"), ("scope", "openid"), ("state", question.state),
            ("nonce", question.nonce), ("code_challenge", question.challenge),
            ("code_challenge_method", "S256"),
        ].map { name, value in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(PersonIssuerPage.escaped(value))\">"
        }.joined(separator: "\n")
        html = """
            <!doctype html>
            <html lang="ko">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>본인확인 · 샌드박스</title>
            <style>
            body { font: 1rem/1.6 system-ui, sans-serif; max-width: 30rem; }
            body { margin: 3rem auto; padding: 0 1rem; }
            label { display: block; font-weight: 600; }
            input[type=number] { font: inherit; padding: .5rem; width: 8rem; }
            button { font: inherit; padding: .6rem 1.2rem; margin: 1rem .5rem 0 0; }
            </style>
            </head>
            <body>
            <main>
            <h1>본인확인</h1>
            <p>샌드박스의 인증기관이에요. 여기 사람들은 모두 지어낸 사람이에요.
            누구인지 고르고 동의하면 확인이 끝나요.</p>
            <p lang="en">The sandbox's authentication body: choose one of its people, who do not
            exist, and agree.</p>
            <form method="post">
            \(hidden)
            <label for="person">사람 번호 (0–\(people - 1)) · <span lang="en">Person</span></label>
            <input id="person" name="person" type="number" value="0" required
            min="0" max="\(people - 1)">
            <p>
            <button name="agreed" value="yes">동의해요 · <span lang="en">Agree</span></button>
            <button name="agreed" value="no" formnovalidate>그만둘래요 ·
            <span lang="en">Cancel</span></button>
            </p>
            </form>
            </main>
            </body>
            </html>

            """
    }

    /// A text between quotes of HTML.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

"""What the runtime's word pieces and net are compared on: our own sentences, plain ones and such as lead astray."""

PLAIN = """Thank you so much, that was exactly what I needed!
I am really sorry that I forgot your birthday.
The revenue of the company rose by 4.2% in the third quarter.
Wait, what? I did not expect that at all.
She died last week and I still can't believe that she is gone.
I'm proud of what we have built together.
This is disgusting. I never want to see it again.
Could you explain how the interest on this loan is computed?
Don't worry, everything is going to be fine.
That's hilarious, I laughed until I cried.
I have no idea what you are talking about.
Oh, now I see: the two of them are the same thing.
Finally, it is over. What a relief.
I hate it when they call me in the middle of the night.
Good luck with the exam tomorrow, you will do great!
The train leaves at nine from platform two.
I love you more than anything in the world.
I'm so nervous about the interview that I cannot sleep.
No, that is wrong, and you know it.
I wish I had a garden like yours.
How embarrassing, I called the teacher mum in front of everybody.
We hope that the new treatment will help.
I am scared of what the letter might say.
What a beautiful piece of work, well done.
The show was such a let-down after all these years.
Stop it. You are getting on my nerves.
Let's go, I can't wait to see the sea!
Yes, I agree, that seems to be the best way.""".splitlines()

TRAPS = [
    "", " ", "\t\n\r ", "a", "!", "...", "?!?!?!", "don't", "it's-a-me", "e.g. 3.14 % of $1,000,000 (or more)",
    "Café, naïve, Zürich, señor, Ångström, çà et là", "Cafe\u0301 with its accent apart", "ĄĘŁŃÓŚŹŻ İstanbul ıssız ŞĞÇ",
    "STRASSE Straße ẞ ﬁne ﬂow ½ ² ™ №", "ΑΒΓ Ἀθῆναι ὀδύσσεια ΌΣ", "Привет, Ёлка! Йод.", "שָׁלוֹם עולם",
    "مرحباً بالعالم", "नमस्ते दुनिया", "สวัสดี",
    "你好，世界！", "日本語のテスト です", "カタカナ ガギグ", "한국어 문장", "𠀀𠀁 豈更 㐀", "mixed中文words",
    "I'm happy 😀😃 👍🏽", "👨‍👩‍👧‍👦 family", "🇩🇪 flag", "❤️ and ❤", "¯\\_(ツ)_/¯", "(╯°□°)╯︵ ┻━┻", "ʕ•ᴥ•ʔ",
    "zero\u200bwidth\u200djoined", "soft\u00adhyphen", "no\u00a0break\u202fspace\u3000wide",
    "line\u2028and\u2029paragraph",
    "\ufeffmark at the beginning", "bell\x07and\x00null", "vertical\x0btab and \x0c feed", "next\x85line",
    "bad \ufffd sign", "private \ue000 use",
    "“Quotes” ‘single’ «guillemets» „low“", "dash – and — and ‐ and ‑", "ellipsis… and·dot ¿qué? ¡sí!",
    "under_score #tag @name ~x^y`z|w",
    "tabs\tand  many   blanks", "[NAME] told [NAME]'s friend", "[name] [RELIGION]",
    "URL https://example.org/a?b=c&d=%20", "C++ C# .NET",
    "x" * 99, "x" * 100, "x" * 101, "é" * 100, "é" * 101, "ha" * 60, "antidisestablishmentarianism",
    "hydroxychloroquine's",
    "supercalifragilisticexpialidocious!!!", "qwrtzpsdfg ☃snowman", "☃", "ab☃cd", "##ing ## #", "a##b",
    "1st 2nd 3rd 10:30 2026-11-29",
    "ALL CAPS SHOUTING", "MiXeD cAsE", "a\u0300\u0316\u0301b", "\u0301", "\u0301accent first", "ſharp ſ",
    "Ⅷ ⅷ Ⓐ ａｂｃ ＡＢＣ", "ǅ ǆ Ǆ",
    "one two three four five six seven eight nine ten " * 12,
]

ALL = PLAIN + TRAPS

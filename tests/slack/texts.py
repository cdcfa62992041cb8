"""Texts as people write them in many languages, texts that are made to deceive, and what a reader sees of either."""

import re
import unicodedata

from bidi import get_display
from confusable_homoglyphs.confusables import confusables_data

ORDINARY = {
    "English": "Don’t “force” it – it’s only 10–20 % off… see § 5 and rock ’n’ roll",
    "heart": "Thanks ❤️",
    "black heart": "Thanks ❤ and ▶︎",
    "family": "Family day 👨‍👩‍👧‍👦 with 👩🏽‍🚒 and 🏳️‍🌈",
    "flags": "🇩🇪 🇫🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "keycaps": "1️⃣ first 2️⃣ second #️⃣",
    "skin": "👍🏽 👋🏿 ✌🏻",
    "newer emoji": "🩷 🫨",
    "French": "Bonjour\u00a0! Ça coûte 12\u202f000\u00a0€, «\u00a0voilà\u00a0»\u202f: œuvre, M.\u00a0Dupont",
    "German": "Größe: 5\u00a0km, z.\u00a0B. Straße, Äpfel",
    "decomposed German": "Mu\u0308ller und A\u0308pfel",
    "Vietnamese": "Tiếng Việt: Nguyễn Ngọc Ánh, đường Lê Lợi, ơn",
    "decomposed Vietnamese": unicodedata.normalize("NFD", "Nguyễn Ngọc Ánh"),
    "Turkish": "Kırmızı ışık, İstanbul’da çılgın",
    "Azerbaijani": "Azərbaycan dili, qələm",
    "Polish": "Zażółć gęślą jaźń w\u00a0Łodzi",
    "Czech": "Příliš žluťoučký kůň v\u00a0Praze",
    "Icelandic": "Þetta er ágætt, æði",
    "Hausa": "Ƙasa da ɓera, ɗaki",
    "Hawaiian": "Hawaiʻi nei, ʻōlelo",
    "Russian": "Привет, это тест: Сара и её оса; с 5-го мая, формат А4, принтер HP",
    "Russian with breaks": "Россия\nтоже, а это и т.\u00a0д.",
    "Ukrainian": "Об'єкт: їжак і ґанок, зв’язок",
    "Bulgarian": "Здравей, свят; №\u00a05",
    "Greek": "Κατά το όσο είναι, ο Παύλος έχει νέο φίλο",
    "Armenian": "Բարեւ ձեզ, ինչպե՞ս եք",
    "Georgian": "გამარჯობა, მადლობა",
    "Persian": "می‌خواهم کتاب‌ها را بخوانم، ۱۲۳ تومان",
    "Arabic": "دفع ٢٥٠ يورو، مُحَمَّد",
    "Urdu": "شکریہ، آپ کیسے ہیں؟",
    "Hebrew": 'שָׁלוֹם עוֹלָם, צה"ל',
    "Yiddish": "א גוטן טאָג",
    "Hindi": "क्‍ष और क्‌ष, हिन्दी में ज़रूर",
    "Bengali": "র‍্যাব বাংলা ভাষা",
    "Tamil": "தமிழ் மொழி ஸ்ரீ",
    "Malayalam": "ന്‍ മലയാളം",
    "Sinhala": "ශ්‍රී ලංකා",
    "Thai": "ที่นี่ภาษาไทย น้ำ",
    "Lao": "ພາສາ\u200bລາວ",
    "Khmer": "ភាសា\u200bខ្មែរ",
    "Burmese": "မြန်မာဘာသာ ကျွန်ုပ် မြွှေ",
    "Tibetan": "བོད་སྐད་ བརྒྱ",
    "Amharic": "ሰላም ለዓለም",
    "Chinese": "我用WiFi，价格：１００元（含税）。二〇二六年",
    "Japanese": "東京都１−２−３　カフェのノート、Tシャツ",
    "variants": "葛󠄀城さん",
    "Korean": "안녕하세요, 대한민국",
    "decomposed Korean": unicodedata.normalize("NFD", "한국어"),
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "units": "10\u00a0kΩ, 5 μs, 20 µm, Δt = 3 m²",
}
"""None of these is warned of, spelled out or locked."""

DECEPTIONS = {
    "a Cyrillic letter in a host": ("hаfenlogistik.example", "h⟨U+0430 Cyrillic, like a⟩fenlogistik.example"),
    "a word but for one letter": ("раураl", "⟨U+0440 Cyrillic, like p⟩", 5),
    "a whole word of a host": ("https://раура.example/x", "⟨U+0443 Cyrillic, like y⟩", 5),
    "a whole word by itself": ("раура", "⟨U+0440 Cyrillic, like p⟩", 5),
    "a whole word amid Latin": ("pay to раура now", "pay to ⟨U+0440 Cyrillic, like p⟩", 5),
    "an account in a Russian sentence": ("Перевести на счёт АВ12", "⟨U+0412 Cyrillic, like B⟩", 2),
    "an address in a Russian sentence": ("Пишите на сора@mail.example", "⟨U+0441 Cyrillic, like c⟩", 4),
    "a Latin letter in a Russian word": ("Pоссия", "⟨U+0050 Latin⟩оссия"),
    "an accent": ("nаїve", "⟨U+0457 Cyrillic, like i⟩", 2),
    "Greek": ("gοοgle", "g⟨U+03BF Greek, like o⟩⟨U+03BF Greek, like o⟩gle"),
    "Armenian": ("faceboоk օn", "⟨U+0585 Armenian, like o⟩n", 2),
    "Cherokee": ("ᏢᎪᎽ", "⟨U+13AA Cherokee, like A⟩", 3),
    "a letter that is like none": ("bankЯ", "bank⟨U+042F Cyrillic⟩"),
    "Chinese zeros": ("g〇〇gle", "g⟨U+3007 CJK, like O⟩⟨U+3007 CJK, like O⟩gle"),
    "phonetic letters": ("ɡoogle ɑpple", "⟨U+0261 like g⟩oogle ⟨U+0251 like a⟩pple"),
    "a dotless i in a host": ("gıthub.example", "g⟨U+0131 like i⟩thub.example"),
    "two dots": ("i\u0307d", "i⟨U+0307⟩d"),
    "a stroke": ("o\u0338", "o⟨U+0338⟩"),
    "mathematical": ("𝐚dmin 𝟏𝟎", "⟨U+1D41A like a⟩dmin ⟨U+1D7CF like 1⟩⟨U+1D7CE like 0⟩"),
    "full width": ("ｒoot x．com", "⟨U+FF52 like r⟩oot x⟨U+FF0E like .⟩com"),
    "full width beside Japanese": ("東京 x．com", "x⟨U+FF0E like .⟩com"),
    "ligature": ("ﬁle", "⟨U+FB01 like fi⟩le"),
    "digits": ("৪৪ EUR", "⟨U+09EA Bengali, like 8⟩⟨U+09EA Bengali, like 8⟩ EUR"),
    "two numerals": ("1٢3", "1⟨U+0662 Arabic⟩3"),
    "one dot": ("paypal․com", "paypal⟨U+2024 like .⟩com"),
    "slashes": ("a⁄b∕c", "a⟨U+2044 like /⟩b⟨U+2215 like /⟩c"),
    "a colon": ("https꞉x", "https⟨U+A789 like :⟩x"),
    "hyphens of hosts": ("pay‑pal.example", "pay⟨U+2011 like -⟩pal.example"),
    "hyphens of options": ("rm ‐rf", "rm ⟨U+2010 like -⟩rf"),
    "another sign": ("\u212a9", "⟨U+212A", 1),
    "joiner in Latin": ("pay\u200dpal", "pay⟨U+200D⟩pal"),
    "non-joiner in Latin": ("pay\u200cpal", "pay⟨U+200C⟩pal"),
    "selector after a letter": ("a\ufe0fb", "a⟨U+FE0F⟩b"),
    "two selectors": ("❤️\ufe0f", "❤️⟨U+FE0F⟩"),
    "two joiners": ("👨\u200d\u200d👩", "👨⟨U+200D⟩⟨U+200D⟩👩"),
    "two joiners of Persian": ("می\u200c\u200cخواهم", "⟨U+200C⟩", 2),
    "word joiner": ("a\u2060b", "a⟨U+2060⟩b"),
    "a blank among Latin": ("rm -rf\u00a0x", "rm -rf⟨U+00A0⟩x"),
    "two hard blanks": ("12\u00a0\u00a0€", "12⟨U+00A0⟩⟨U+00A0⟩€"),
    "tags": ("ok\U000e0041", "ok⟨U+E0041⟩"),
    "tags of no flag": ("🏴\U000e0075\U000e0073\U000e007f", "⟨U+E0075⟩", 3),
    "piled marks": ("x\u0301\u0302\u0303\u0304\u0305", "⟨U+0304⟩⟨U+0305⟩"),
    "a mark twice": ("e\u0301\u0301", "⟨U+0301⟩", 1),
    "a mark on nothing": ("a \u0301b", "⟨U+0301⟩", 1),
    "a mark of another script": ("a\u0e49", "a⟨U+0E49⟩"),
    "unassigned": ("\U000e1234\ufffe", "⟨U+E1234⟩⟨U+FFFE⟩"),
    "private": ("\ue000", "⟨U+E000⟩"),
    "half a syllable": ("\u1161", "⟨U+1161⟩"),
    "a selector on what is ours": ("▮\ufe0f", "⟨U+25AE⟩⟨U+FE0F⟩"),
}
"""Each with what stands in its place, and how many characters are spelled out where not all of it is said."""
SPELLED = re.compile(r"⟨U\+[^⟨⟩]*⟩")
_TYPOGRAPHY = frozenset("‘’‚‛“”„‟′″‴´¸ˆ˜˝˛˘…‥–—‒‹›«»≪≫‼⁇⁈⁉№×∞℮℅₨™•·∼∪∨⊤∥‖＿➕➖❮❯❨❩〃〔〕⁓ʻʼʹʺʽʾːˈˊˋ゠ℹ")
_LETTERS_OF_LANGUAGES = frozenset("æÆœŒıơƠƁƊƘƳʋɣ")
_TWINS = {
    key.replace("\u200e", ""): plain
    for key, alike in confusables_data.items()
    for plain in [next((each["c"] for each in alike if each["c"].isascii() and each["c"].strip()), None)]
    if plain and not key.isascii() and key not in _TYPOGRAPHY | _LETTERS_OF_LANGUAGES
}
_UNSEEN = re.compile("[\u200b-\u200d\u2066-\u2069\ufe00-\ufe0f\u180b-\u180d\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
_HYPHENS = re.compile("[\u2010\u2011\u2212]")
_BLANKS = re.compile("[\u00a0\u202f\u2007\u2009\u3000]")


def looks(sent):
    """What a reader sees of a text that was sent: lines laid out by Unicode's bidirectional algorithm, signs by shape."""
    laid_out = "\n".join(_UNSEEN.sub("", get_display(line, base_dir="L")) for line in sent.split("\n"))
    plain = unicodedata.normalize("NFD", _BLANKS.sub(" ", unicodedata.normalize("NFC", laid_out)))
    return "".join(_shape(char) for char in plain)


def _shape(char):
    kind = unicodedata.decomposition(char).partition(" ")[0]
    if kind in ("<font>", "<wide>", "<narrow>"):
        char = unicodedata.normalize("NFKC", char)
    return _TWINS.get(char, char)


def same_to_all(text):
    """The text without what makes no difference to anybody: composed or not, hard blanks and hyphens in their place, selectors."""
    return _HYPHENS.sub("-", unicodedata.normalize("NFC", _BLANKS.sub(" ", _UNSEEN.sub("", text))))

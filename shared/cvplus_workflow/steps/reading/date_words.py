"""Words of dates in English, German, French, Spanish, Italian, Dutch and Polish.

Words are folded: lower case, without accents. Months are full names, inflected forms
and usual abbreviations.
"""

MONTHS: dict[int, str] = {
    1: "january jan januar jaenner janner janvier janv enero ene gennaio gen januari "
    "styczen stycznia sty",
    2: "february feb februar fevrier fevr fev febrero febbraio februari luty lutego lut",
    3: "march mar marz maerz mrz mars marzo maart mrt marzec marca",
    4: "april apr avril avr abril abr aprile kwiecien kwietnia kwi",
    5: "may mai mayo maggio mag mei maj maja",
    6: "june jun juni juin junio giugno giu czerwiec czerwca cze",
    7: "july jul juli juillet juil julio luglio lug lipiec lipca lip",
    8: "august aug aout agosto ago augustus sierpien sierpnia sie",
    9: "september sept sep septembre septiembre setiembre settembre set wrzesien wrzesnia wrz",
    10: "october oct oktober okt octobre octubre ottobre ott pazdziernik pazdziernika paz",
    11: "november nov novembre noviembre listopad listopada lis",
    12: "december dec dezember dez decembre diciembre dic dicembre grudzien grudnia gru",
}

ONGOING = (
    "present",
    "the present",
    "now",
    "current",
    "currently",
    "today",
    "ongoing",
    "to date",
    "date",
    "heute",
    "jetzt",
    "aktuell",
    "laufend",
    "aujourd'hui",
    "aujourd’hui",
    "present day",
    "ce jour",
    "maintenant",
    "en cours",
    "actualidad",
    "la actualidad",
    "presente",
    "actual",
    "actualmente",
    "hoy",
    "oggi",
    "ad oggi",
    "attuale",
    "in corso",
    "heden",
    "nu",
    "vandaag",
    "obecnie",
    "teraz",
    "dzis",
    "nadal",
)
"""What stands for an end that has not come."""

SINCE = ("since", "seit", "depuis", "desde", "dal", "sinds", "od", "ab")
"""Words before the one date of a period that goes on, or before its first date."""

FROM = ("from", "von", "vom", "de", "du", "da", "van", "between")
"""Words before the first of two dates, which alone say nothing about an end."""

UNTIL = (
    "to",
    "until",
    "till",
    "through",
    "bis",
    "bis zum",
    "a",
    "au",
    "jusqu'a",
    "jusqu'en",
    "hasta",
    "al",
    "fino a",
    "tot",
    "t/m",
    "do",
)
"""Words between two dates."""

SEASONS = (
    "spring summer autumn fall winter fruhling fruhjahr sommer herbst printemps ete automne "
    "hiver primavera verano otono invierno estate autunno inverno lente zomer herfst "
    "wiosna lato jesien zima q1 q2 q3 q4"
)
"""Parts of a year that ISO 8601 has no notation for; only the year is read."""

EXPECTED = (
    "expected",
    "anticipated",
    "planned",
    "projected",
    "erwartet",
    "voraussichtlich",
    "geplant",
    "prevu",
    "prevue",
    "previsto",
    "prevista",
    "verwacht",
    "planowane",
    "przewidywane",
)
"""What a CV says of an end that it foresees."""

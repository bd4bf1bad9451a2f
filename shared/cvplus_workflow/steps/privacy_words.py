"""Words that privacy mode needs to tell a name, a street or an account from other text.

Words are folded (lower case, no accents), in English, German, French, Spanish, Italian,
Dutch and Polish as far as they matter there.
"""

import re


def _set_of(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TITLES = _set_of("""
    mr mrs ms miss mx dr doctor prof professor sir eng ing dipl herr frau fraulein mme mlle
    monsieur madame mademoiselle sr sra srta senor senora signor signora dott dottssa avv dhr
    mevr mw drs pani mgr inz hab phd md dds esq jr jun ii iii iv bsc msc mba meng beng cpa pmp
    cfa cissp dphil mphil edd he him his she her hers they them theirs
    """)
"""Titles, degrees and pronouns beside a name that are hardly ever a part of one."""

MAYBE_TITLES = _set_of("""
    dame lady lord rev hon mag m don dona sig arch ir pan lic jd ma ba bs ms meng rn lld mw
    """)
"""Titles and degrees that are names too: no part of a name that has two other parts."""

PARTICLES = _set_of("""
    van von der den de del della di da dos das do du la le les el al bin ibn bint abu ter ten
    zu zum zur af av y e und and the of
    """)
"""Words that join the parts of a name."""

ORDINARY = _set_of("""
    may april june august january march summer autumn winter spring rich mark will grant hope joy
    rose bill art frank faith grace chase young long king cook baker smith miller page black white
    brown green gray grey blue gold silver stone wood woods field fields ford hill hills lake river
    brook brooks park parks day knight bishop pope price power powers major best good small little
    short strong wise sharp swift bright noble love lane street church temple bell ball banks
    bank cash case carter carpenter mason potter taylor tailor turner walker fisher hunter
    archer farmer gardener shepherd butler chamber chambers coach coder driver porter singer
    weaver glass hall house home hand foot head heart moon star stars sun sky snow frost rain storm
    dawn eve ray rays ivy lily iris daisy violet holly hazel olive ginger amber ruby pearl crystal
    jade jewel charity mercy patience prudence constance victor victoria christian dean duke earl
    baron prince chance drew pat rob sue jack jay robin wren drake fox wolf bear lamb lion crane
    finch martin jasmine basil sage dale glen heath cliff forest marsh miles chuck nick skip rusty
    sandy sonny buddy bud guy man mann max min norm phil ace angel guard law laws lord light
    rock sterling savage cross case court cotton coffee rice berry cherry peach plum bean
    beans butter candy dash data dot link linux java python ruby pascal ada swift julia scala
    klein gross lang kurz jung alt neu schwarz weiss braun rot grun koch bauer muller schneider
    fischer weber becker richter wolf winter sommer herbst kaiser konig berg bach stein wald vogel
    petit grand blanc noir roux rouge leblanc leroy martin bon marchand berger boulanger fontaine
    cruz rey luna sol mar flores torres casa castillo campo iglesia rosa blanco rubio rojo
    bianchi rossi russo conti greco marino costa bruno leone gatti
    jong groot wit zwart bos dijk berg visser bakker nowak maj name your first last sample test
    example candidate person student senior junior lead team work
    """)
"""Names that are ordinary words as well, masked only where they begin with a capital."""

STREETS = _set_of("""
    street st road rd avenue ave lane ln drive dr boulevard blvd court ct square sq terrace place pl
    way highway hwy parkway pkwy crescent close mews row quay wharf
    """)
"""What an English street's name ends with."""

STREET_STARTS = _set_of("""
    rue avenue av boulevard bd chemin allee impasse quai calle avenida avda plaza paseo carrer
    camino via viale piazza vicolo largo ulica ul aleja osiedle rua
    """)
"""What a Romance or Polish street's name begins with."""

STREET_ENDS = (
    *("strasse", "str", "gasse", "weg", "platz", "allee"),
    *("straat", "laan", "plein", "gracht"),
)
"""What the last word of a German or Dutch street's name ends with."""

ROLE_MAILBOXES = _set_of("""
    info mail email contact hello help office support admin webmaster postmaster sales team jobs
    job career careers cv resume me my name work kontakt post bewerbung bonjour hola ciao
    """)
"""Mailboxes that name a purpose and not a person."""

TECHNOLOGY_DOMAINS = _set_of("""
    asp.net vb.net ado.net ml.net xml.net socket.io draw.io diagrams.net bubble.io monday.com
    salesforce.com force.com plot.ly booking.com amazon.com b.tech m.tech b.com m.com
    """)
"""Names of technologies, companies and degrees that look like web addresses."""

TOP_LEVEL = _set_of("""
    com org net io dev me de fr es it nl pl uk eu ch at be ai app co info tech edu us ca name blog
    page site online xyz cloud gov mil int biz pro academy studio design digital world works
    pt se no dk fi ie cz sk hu ro gr tr ru ua in cn jp kr au nz br mx ar cl za il sg hk tv ly gg sh
    """)
"""Ends of host names that running text is searched for."""

SINCE = _set_of("in since from until till by to im seit bis ab depuis desde hasta dal sinds tot od")
"""Words before a month."""

BIRTH = re.compile(
    r"\b(?:date\s+of\s+birth|d\.?o\.?b\b\.?|birth\s*date|born(?:\s+on)?|geburtsdatum|geboren(?:\s+am)?"
    r"|n[ée]e?\s+le|date\s+de\s+naissance|fecha\s+de\s+nacimiento|data\s+di\s+nascita"
    r"|geboortedatum|data\s+urodzenia)\s*:?\s*"
    r"(\d{1,4}[./\s-]+(?:\d{1,2}|[^\W\d]{3,10})[./\s,-]+\d{2,4}|[^\W\d]{3,10}\s+\d{1,2},?\s+\d{4})",
    re.IGNORECASE,
)
"""A date of birth after a word that says so."""

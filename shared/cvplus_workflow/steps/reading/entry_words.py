"""Words that tell roles, organisations, degrees and labels apart, in seven languages.

All are folded: lower case, without accents. A role word counts as a whole word or as
the end of a longer one (German compounds such as "Softwareentwickler").
"""

import re

from .text import folded

_ROLES = (
    "accountant administrator administratrice adviser advisor agent analyst analyste analista "
    "apprentice architect architecte architekt architetto arquitecto artist assistant assistent "
    "assistente asistente associate attorney auditor author baker barista bartender "
    "beraterin berater boekhouder builder buyer captain carpenter cashier ceo cfo chair "
    "chairman chairwoman chef chief cio clerk coach co-founder cofounder columnist commander "
    "commercial consultant consultante consulente consultor contractor contributor coo "
    "cook coordinateur coordinator coordinador coordinatore copywriter counsel counselor "
    "creator cto curator dean dentist deputy desarrollador designer developer developpeur "
    "developpeuse developper director directeur directrice direttore dispatcher doctor "
    "docente doktorand driver dyrektor economist editor educator electrician engineer "
    "entwickler entwicklerin estimator evangelist executive expert fellow founder fondateur "
    "foreman freelance freelancer geschaftsfuhrer gerente gestionnaire graphiste guard guide "
    "head hilfskraft illustrator infirmier infirmiere ingegnere ingenieur ingenieurin ingeniero "
    "ingeniera inspector instructor intern interpreter investigator inzynier janitor journalist "
    "journaliste kierownik konsultant koordinator laborant lawyer lead leader lecturer leiter "
    "leiterin lehrer lehrerin librarian machinist maintainer manager marketer mathematician "
    "mechanic mechaniker medewerker member mentor midwife mitarbeiter mitarbeiterin moderator "
    "musician nauczyciel nco ninja nurse officer onderzoeker operator organiser organizer owner "
    "paralegal partner pharmacist photographer physician pilot planner postdoc praktikant "
    "praktikantin president principal producer profesor professeur professor professore "
    "programador programista programmatore programmer programmeur projektleiter psychologist "
    "receptionist recruiter redakteur reporter representative researcher responsable "
    "responsabile reviewer sachbearbeiter sales salesperson scientist scholar secretary senior "
    "junior sergeant servant server shareholder socio specialist specialista specialiste "
    "spezialist stagiaire statistician stazysta stagista steward strategist subscriber "
    "supervisor surgeon surveyor sviluppatore teacher technician technicien tecnico techniker "
    "tester therapist trainee trainer translator treasurer tutor undergraduate underwriter "
    "vendeur veterinarian volunteer vorstand vp waiter waitress webmaster welder werkstudent "
    "werkstudentin wissenschaftler writer zastepca job experience"
)
_COMPOUND_ENDS = ("entwickler", "entwicklerin", "ingenieur", "leiter", "leiterin", "berater")
_COMPANIES = (
    "inc llc ltd limited gmbh ag kg se plc corp corporation co company group sa sarl sas srl spa "
    "bv nv oy ab pty partners holdings foundation stiftung studios laboratories labs bank "
    "hospital klinik agency ministry council industries technologies solutions systems"
)
_SCHOOLS = (
    "university universitat universite universidad universita universiteit uniwersytet college "
    "school schule hochschule fachhochschule gymnasium lycee ecole institute institut instituto "
    "istituto instytut academy akademie academia politecnico politecnica politechnika polytechnic "
    "polytechnique escuela scuola szkola liceum liceo hogeschool faculty universidade conservatory "
    "eth epfl mit ucla"
)
_DEGREES = (
    "phd ph.d doctorate doctor doctorat doktor doctorado dottorato bsc b.sc bs b.s "
    "ba b.a beng b.eng bachelor bachelors bachelor's licence licenciatura laurea licencjat "
    "magister msc m.sc ms m.s ma m.a meng master masters master's mba mfa bfa "
    "m.eng jd j.d md m.d llb llm diploma diplom diplome maturita abitur baccalaureat bachillerato "
    "maturitas matura associate gcse a-levels minor major degree grado maitrise doctoraal "
    "staatsexamen habilitation dphil mphil bcom mres btech b.tech mtech m.tech certificate ged "
    "promotion magistrale triennale inzynier"
)
_WORDS = re.compile(r"[\w.'’-]+")

CONTACT_LABELS: dict[str, str] = {
    label: field
    for field, labels in {
        "email": "email; e-mail; mail; e-mail address; email address; correo; "
        "correo electronico; courriel; adres e-mail; posta elettronica",
        "phone": "phone; tel; telephone; mobile; cell; telefon; mobil; handy; mobiltelefon; "
        "telefono; movil; portable; cellulare; telefoon; mobiel; phone number; tel. kom; telefono "
        "movil; komorka; fon",
        "website": "web; website; site; homepage; url; webseite; web site; site web; sitio web; "
        "sito; sito web; blog; portfolio; strona; www",
        "location": "location; city; residence; based in; lives in; ort; wohnort; ville; lieu; "
        "ciudad; ubicacion; luogo; residenza; citta; plaats; woonplaats; miejscowosc; "
        "address; anschrift; adresse; direccion; indirizzo; adres; miejsce zamieszkania",
        "linkedin": "linkedin",
        "github": "github",
        "title": "title; position; job title; headline; role",
        "name": "name; nom; nombre; nome; naam; imie i nazwisko; full name",
    }.items()
    for label in labels.split("; ")
}
"""Labels of contact lines, and the field each one means."""

ENTRY_LABELS: dict[str, str] = {
    label: field
    for field, labels in {
        "technologies": "technologies; technology; tech stack; stack; tools; technologies used; "
        "tools used; technologien; technologies utilisees; tecnologias; tecnologie; technologieen; "
        "technologie; environment; tech; built with; umgebung; environnement technique",
        "location": "location; ort; lieu; ubicacion; luogo; plaats; lokalizacja",
        "gpa": "gpa; cgpa; grade; final grade; note; abschlussnote; mention; nota; voto; cijfer; "
        "ocena; grade point average; overall gpa",
        "courses": "courses; coursework; relevant coursework; relevant courses; kurse; cours; "
        "asignaturas; corsi; vakken; kursy; modules",
        "honors": "honors; honours; distinction; distinctions; auszeichnung",
    }.items()
    for label in labels.split("; ")
}
"""Labels inside an entry, and the field each one means."""

_LEVELS = (
    "basic; beginner; elementary; intermediate; advanced; expert; proficient; fluent; native; "
    "master; novice; familiar; competent; good; very good; excellent; working knowledge; "
    "grundkenntnisse; gut; sehr gut; fortgeschritten; experte; fliessend; muttersprache; "
    "debutant; intermediaire; avance; courant; basico; intermedio; avanzado; experto; base; "
    "avanzato; esperto; ottimo; buono; basis; gevorderd; goed; podstawowy; srednio zaawansowany; "
    "zaawansowany; ekspert"
)
LEVELS = frozenset(_LEVELS.split("; "))
"""Levels of a skill that may follow it in brackets."""

PROFILE_HOSTS = {
    "linkedin.com": "LinkedIn",
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "bitbucket.org": "Bitbucket",
    "twitter.com": "Twitter",
    "x.com": "X",
    "stackoverflow.com": "Stack Overflow",
    "xing.com": "XING",
    "medium.com": "Medium",
    "facebook.com": "Facebook",
    "instagram.com": "Instagram",
    "youtube.com": "YouTube",
    "behance.net": "Behance",
    "dribbble.com": "Dribbble",
    "soundcloud.com": "SoundCloud",
    "kaggle.com": "Kaggle",
    "orcid.org": "ORCID",
    "scholar.google.com": "Google Scholar",
    "researchgate.net": "ResearchGate",
    "mastodon.social": "Mastodon",
    "bsky.app": "Bluesky",
    "dev.to": "DEV",
    "codepen.io": "CodePen",
    "t.me": "Telegram",
}
"""Hosts that hold people's accounts, and the names of their networks."""

_ROLE_SET, _COMPANY_SET = frozenset(_ROLES.split()), frozenset(_COMPANIES.split())
_SCHOOL_SET, _DEGREE_SET = frozenset(_SCHOOLS.split()), frozenset(_DEGREES.split())
_SCHOOL_PARTS = ("universit", "hochschul", "schule", "akademi", "institut")


def _words_of(text: str) -> list[str]:
    return [word.strip(".'-") for word in _WORDS.findall(folded(text))]


def names_role(text: str) -> bool:
    """Whether `text` has a word for what somebody does."""
    parts = [part for word in _words_of(text) for part in (word, *word.split("-"))]
    return any(part in _ROLE_SET or part.endswith(_COMPOUND_ENDS) for part in parts)


def names_company(text: str) -> bool:
    """Whether `text` has a word that only organisations carry."""
    return any(word in _COMPANY_SET or word in _SCHOOL_SET for word in _words_of(text))


def names_school(text: str) -> bool:
    """Whether `text` has a word for a place of study."""
    found = _words_of(text)
    return any(word in _SCHOOL_SET or word.startswith(_SCHOOL_PARTS) for word in found)


def names_degree(text: str) -> bool:
    """Whether `text` has a word for a degree."""
    return any(word in _DEGREE_SET for word in _words_of(text))

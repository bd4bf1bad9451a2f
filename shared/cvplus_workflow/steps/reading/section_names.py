"""Headings of CV sections in English, German, French, Spanish, Italian, Dutch, Polish.

Keys are field names of `ParsedCv` on the wire, or `contact`. Phrases are folded (lower
case, no accents). Only whole phrases count: "Technical Experience" may hold anything.
"""

import re

from .text import folded

CONTACT = "contact"

NAMES: dict[str, tuple[str, ...]] = {
    "summary": (
        "summary; professional summary; executive summary; career summary; profile; "
        "professional profile; personal profile; about; about me; objective; career objective; "
        "personal statement; bio; biography; overview; introduction; highlights of qualifications",
        "zusammenfassung; profil; kurzprofil; uber mich; berufsziel; kurzvorstellung",
        "resume professionnel; a propos; a propos de moi; profil professionnel; objectif; "
        "presentation",
        "resumen; resumen profesional; perfil; perfil profesional; sobre mi; objetivo; extracto",
        "profilo; profilo professionale; profilo personale; sommario; chi sono; obiettivo",
        "samenvatting; profiel; over mij; persoonlijk profiel",
        "podsumowanie; podsumowanie zawodowe; profil zawodowy; o mnie; cel zawodowy",
    ),
    "experience": (
        "experience; work experience; professional experience; employment; employment history; "
        "work history; career history; professional background; career; relevant experience; "
        "work; jobs; industry experience; positions; positions held; internships; "
        "professional history; experience summary; research experience; teaching experience",
        "berufserfahrung; berufliche erfahrung; beruflicher werdegang; werdegang; "
        "berufspraxis; praktika; arbeitserfahrung; praktische erfahrung",
        "experience professionnelle; experiences professionnelles; experiences; "
        "parcours professionnel; stages; emplois",
        "experiencia; experiencia laboral; experiencia profesional; historial laboral",
        "esperienza; esperienze; esperienza lavorativa; esperienze lavorative; "
        "esperienza professionale; esperienze professionali",
        "ervaring; werkervaring; loopbaan; professionele ervaring; stages",
        "doswiadczenie; doswiadczenie zawodowe; przebieg kariery; praktyki",
    ),
    "education": (
        "education; academic background; academic history; educational background; studies; "
        "education and training; academic qualifications; degrees; training",
        "ausbildung; studium; bildung; bildungsweg; schulbildung; schulische ausbildung; "
        "akademischer werdegang; hochschulausbildung; bildungsgang",
        "formation; formations; etudes; parcours academique; diplomes; education et formation; "
        "formation academique",
        "educacion; formacion; formacion academica; estudios; educacion y formacion",
        "istruzione; formazione; istruzione e formazione; studi; titoli di studio",
        "opleiding; opleidingen; onderwijs; studie",
        "wyksztalcenie; edukacja; studia",
    ),
    "skills": (
        "skills; technical skills; key skills; core skills; core competencies; competencies; "
        "expertise; technologies; tools; skill set; skillset; professional skills; soft skills; "
        "hard skills; it skills; computer skills; areas of expertise; technical proficiencies; "
        "strengths; tech stack; programming languages; programming skills; technical expertise; "
        "skills and tools; skills and technologies; technical competencies; qualifications",
        "kenntnisse; fahigkeiten; kompetenzen; fachkenntnisse; edv-kenntnisse; it-kenntnisse; "
        "technische kenntnisse; faehigkeiten; kenntnisse und fahigkeiten; programmiersprachen",
        "competences; competences techniques; competences cles; savoir-faire; "
        "competences informatiques; outils",
        "habilidades; competencias; aptitudes; conocimientos; habilidades tecnicas; "
        "conocimientos tecnicos; conocimientos informaticos; competencias tecnicas",
        "competenze; competenze tecniche; capacita; capacita e competenze; "
        "competenze informatiche; competenze digitali; abilita",
        "vaardigheden; competenties; technische vaardigheden; kennis; computervaardigheden",
        "umiejetnosci; umiejetnosci techniczne; kompetencje; technologie",
    ),
    "projects": (
        "projects; personal projects; selected projects; side projects; key projects; "
        "notable projects; portfolio; samples; work samples; open source; academic projects; "
        "open source projects; open source contributions; research projects; recent projects",
        "projekte; personliche projekte; arbeitsproben; ausgewahlte projekte",
        "projets; projets personnels; realisations; projets academiques",
        "proyectos; proyectos personales; portafolio",
        "progetti; progetti personali; portfolio progetti",
        "projecten; persoonlijke projecten",
        "projekty; projekty wlasne",
    ),
    "certifications": (
        "certifications; certificates; licenses; licences; professional certifications; "
        "certification; licenses and certifications; certifications and licenses; courses; "
        "courses and certifications; courses and certificates; professional development",
        "zertifikate; zertifizierungen; weiterbildung; weiterbildungen; fortbildungen; kurse",
        "certificats; formations complementaires; certifications professionnelles",
        "certificaciones; certificados; cursos; cursos y certificaciones",
        "certificazioni; certificati; corsi; corsi e certificazioni",
        "certificaten; certificeringen; cursussen",
        "certyfikaty; kursy; szkolenia; kursy i szkolenia; szkolenia i certyfikaty",
    ),
    "languages": (
        "languages; human languages; language skills; spoken languages; foreign languages; "
        "natural languages; language proficiency",
        "sprachen; sprachkenntnisse; fremdsprachen",
        "langues; langues etrangeres; competences linguistiques",
        "idiomas; lenguas",
        "lingue; lingue straniere; conoscenze linguistiche; competenze linguistiche",
        "talen; talenkennis; taalvaardigheden",
        "jezyki; jezyki obce; znajomosc jezykow; znajomosc jezykow obcych",
    ),
    "achievements": (
        "achievements; accomplishments; key achievements; key accomplishments; "
        "selected achievements; highlights; career highlights",
        "erfolge; leistungen; besondere leistungen",
        "accomplissements; realisations cles; reussites",
        "logros; logros destacados",
        "risultati; traguardi; risultati raggiunti",
        "prestaties; resultaten",
        "osiagniecia; sukcesy",
    ),
    "volunteer": (
        "volunteer; volunteering; volunteer experience; volunteer work; community service; "
        "community involvement; service; voluntary work; civic engagement; "
        "volunteering experience; social engagement",
        "ehrenamt; ehrenamtliches engagement; ehrenamtliche tatigkeiten; engagement; "
        "soziales engagement",
        "benevolat; experience benevole; engagement associatif; vie associative",
        "voluntariado; experiencia de voluntariado",
        "volontariato; esperienze di volontariato; attivita di volontariato",
        "vrijwilligerswerk; vrijwillig werk",
        "wolontariat; dzialalnosc spoleczna",
    ),
    "awards": (
        "awards; honors; honours; awards and honors; honors and awards; recognition; prizes; "
        "awards and recognition; scholarships; fellowships; grants; distinctions; "
        "awards and honours; honours and awards; scholarships and awards; awards and scholarships",
        "auszeichnungen; preise; ehrungen; stipendien; preise und auszeichnungen",
        "prix; distinctions et prix; prix et distinctions; bourses; recompenses",
        "premios; reconocimientos; becas; premios y reconocimientos; distinciones",
        "premi; riconoscimenti; borse di studio; premi e riconoscimenti",
        "prijzen; onderscheidingen; beurzen; prijzen en onderscheidingen",
        "nagrody; wyroznienia; stypendia; nagrody i wyroznienia",
    ),
    "publications": (
        "publications; writing; papers; articles; selected publications; published work; "
        "peer-reviewed publications; journal articles; books; published works",
        "veroffentlichungen; publikationen; artikel",
        "publications scientifiques; articles et publications; ecrits",
        "publicaciones; articulos",
        "pubblicazioni; articoli",
        "publicaties; artikelen",
        "publikacje; artykuly",
    ),
    "interests": (
        "interests; hobbies; hobbies and interests; interests and hobbies; personal interests; "
        "outside interests; activities and interests; interests and activities",
        "interessen; hobbys; hobbys und interessen; interessen und hobbys; freizeit",
        "centres d'interet; centres d’interet; loisirs; interets; passions; "
        "loisirs et centres d'interet",
        "intereses; aficiones; pasatiempos; intereses personales",
        "interessi; interessi personali; hobby; tempo libero; hobby e interessi",
        "interesses; hobby's; hobby’s; hobby's en interesses; vrije tijd",
        "zainteresowania; hobby i zainteresowania",
    ),
    "references": (
        "references; referees; recommendations; testimonials; professional references",
        "referenzen; empfehlungen",
        "recommandations; references professionnelles",
        "referencias; recomendaciones",
        "referenze; raccomandazioni",
        "referenties; aanbevelingen",
        "referencje; rekomendacje",
    ),
    CONTACT: (
        "contact; contact details; contact information; contact info; personal details; "
        "personal information; personal data; personal info; get in touch",
        "kontakt; kontaktdaten; personliche daten; zur person; angaben zur person",
        "coordonnees; contacts; informations personnelles; etat civil",
        "contacto; datos personales; datos de contacto; informacion personal",
        "contatti; dati personali; informazioni personali; recapiti",
        "contactgegevens; persoonlijke gegevens; persoonsgegevens; personalia",
        "dane osobowe; dane kontaktowe",
    ),
}

DOCUMENT_TITLES = frozenset(
    {"curriculum vitae", "cv", "resume", "lebenslauf", "curriculum", "zyciorys", "hoja de vida"}
)
"""Headings that name the document, not the person."""

_LEADING = frozenset({"experience", "education", "skills"})
_JOINTS = re.compile(r"\s*(?:&|\+|/|,|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\bi\b)\s*")
_KINDS = {
    phrase: kind
    for kind, languages in NAMES.items()
    for phrases in languages
    for phrase in phrases.split("; ")
}


def kind_of(heading: str) -> str:
    """The kind of section under `heading`, or "" if the table does not know it.

    Of a double heading ("Education & Awards") the first part decides if it is
    experience, education or skills; of others both parts must mean the same.
    """
    phrase = folded(re.sub(r"^[\W\d_]+|[\W_]+$", "", heading))
    if phrase in _KINDS:
        return _KINDS[phrase]
    joined = _JOINTS.sub(" and ", phrase)
    if joined in _KINDS:
        return _KINDS[joined]
    kinds = [_KINDS.get(part, "") for part in joined.split(" and ")]
    return kinds[0] if kinds[0] in _LEADING or len(set(kinds)) == 1 else ""

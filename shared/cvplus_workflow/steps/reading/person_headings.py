"""Headings of CV sections on who somebody is: profile, skills, languages, contact.

English, German, French, Spanish, Italian, Dutch, Polish, Portuguese and, in the last row,
others. Phrases are folded (lower case, no accents) and stand between semicolons.
"""

CONTACT = "contact"
"""The kind of a section with contact data, which has no list of its own in `ParsedCv`."""

PERSON_HEADINGS: dict[str, tuple[str, ...]] = {
    "summary": (
        "summary; professional summary; executive summary; career summary; profile; professional "
        "profile; personal profile; about; about me; objective; career objective; personal "
        "statement; bio; biography; overview; introduction; highlights of qualifications; about "
        "myself; who i am; career profile; profile summary; summary of qualifications; "
        "qualifications summary; career overview; professional overview; executive profile; "
        "professional objective; personal summary; introduction and profile; statement; info; in "
        "short; in a nutshell; summary statement; research profile",
        "zusammenfassung; profil; kurzprofil; uber mich; berufsziel; kurzvorstellung; "
        "personliches profil; zu meiner person; profil und ziele; kurzbiografie; kurzbiographie; "
        "berufliches profil; qualifikationsprofil; steckbrief; motivation; kurzubersicht; "
        "ubersicht",
        "resume professionnel; a propos; a propos de moi; profil professionnel; objectif; "
        "presentation; profil personnel; qui suis-je; resume; presentation personnelle; objectif "
        "professionnel; mon profil; accroche; synthese",
        "resumen; resumen profesional; perfil; perfil profesional; sobre mi; objetivo; extracto; "
        "acerca de mi; resumen ejecutivo; objetivo profesional; presentacion; quien soy; "
        "sintesis; perfil personal",
        "profilo; profilo professionale; profilo personale; sommario; chi sono; obiettivo; su di "
        "me; presentazione; obiettivo professionale; profilo sintetico; sintesi; riepilogo; in "
        "breve",
        "samenvatting; profiel; over mij; persoonlijk profiel; profielschets; korte samenvatting; "
        "persoonlijke samenvatting; wie ben ik; introductie; doelstelling; professioneel profiel",
        "podsumowanie; podsumowanie zawodowe; profil zawodowy; o mnie; cel zawodowy; o sobie; "
        "cel; cel kariery; streszczenie; profil kandydata",
        "resumo; resumo profissional; sobre mim; objetivo profissional; perfil profissional",
        "sammanfattning; om mig; om meg; sammendrag; tietoa minusta; o mne; despre mine; ozet; "
        "hakkimda",
    ),
    "skills": (
        "skills; top skills; technical skills; key skills; core skills; core competencies; "
        "competencies; "
        "expertise; technologies; tools; skill set; skillset; professional skills; soft skills; "
        "hard skills; it skills; computer skills; areas of expertise; technical proficiencies; "
        "strengths; tech stack; programming languages; programming skills; technical expertise; "
        "skills and tools; skills and technologies; technical competencies; qualifications; "
        "skill; my skills; key competencies; key competences; competences; core skills and "
        "competencies; professional competencies; technical knowledge; it knowledge; it "
        "competencies; it competences; digital skills; digital competence; digital competences; "
        "technical summary; technical profile; technical toolkit; toolbox; toolkit; software; "
        "software skills; computer knowledge; computing skills; computing; technical strengths; "
        "abilities; capabilities; proficiencies; technical abilities; specialties; specialities; "
        "specialization; specializations; areas of specialization; languages and technologies; "
        "technologies and tools; tools and technologies; frameworks; frameworks and tools; "
        "platforms; knowledge; know-how; interpersonal skills; personal skills; management "
        "skills; research skills; lab skills; laboratory skills; skills summary; summary of "
        "skills; skills overview; transferable skills; programming; technology; organizational "
        "skills; organisational skills; communication skills; job-related skills; methods; other "
        "skills; competence; technical; soft skill; technology stack; expertise and skills; "
        "computer science skills; key expertise; programming languages and tools; practical "
        "skills; relevant skills; technical background; techniques",
        "kenntnisse; fahigkeiten; kompetenzen; fachkenntnisse; edv-kenntnisse; it-kenntnisse; "
        "technische kenntnisse; faehigkeiten; kenntnisse und fahigkeiten; programmiersprachen; "
        "fahigkeiten und kenntnisse; edv; edv-kenntnis; it; it-skills; it-kompetenzen; "
        "edv-fahigkeiten; besondere kenntnisse; weitere kenntnisse; sonstige kenntnisse; "
        "zusatzqualifikationen; qualifikationen; qualifikation; kernkompetenzen; "
        "schlusselqualifikationen; fachkompetenzen; fachliche kompetenzen; personliche "
        "kompetenzen; soziale kompetenzen; methodenkompetenz; softwarekenntnisse; "
        "computerkenntnisse; technische fahigkeiten; starken; technologien; werkzeuge; "
        "schwerpunkte; fachliche schwerpunkte; personliche starken; fachwissen; technische "
        "kompetenzen; digitale kompetenzen; programmierkenntnisse; soft-skills; kompetenzprofil; "
        "wissen; methoden; besondere fahigkeiten; software-kenntnisse; skills und tools",
        "competences techniques; competences cles; savoir-faire; competences informatiques; "
        "outils; competences professionnelles; competences et outils; competences personnelles; "
        "aptitudes; qualites; atouts; connaissances; connaissances techniques; connaissances "
        "informatiques; domaines de competence; domaines de competences; domaines d'expertise; "
        "expertises; informatique; logiciels; langages; competences numeriques; savoir-etre; "
        "outils informatiques; outils et technologies; competences transversales; technique; "
        "environnement technique; langages de programmation; bureautique; competences metier",
        "habilidades; competencias; conocimientos; habilidades tecnicas; conocimientos tecnicos; "
        "conocimientos informaticos; competencias tecnicas; conocimientos y habilidades; "
        "habilidades y competencias; competencias digitales; informatica; aptitudes y "
        "competencias; capacidades; destrezas; habilidades profesionales; habilidades blandas; "
        "competencias profesionales; competencias clave; areas de especializacion; tecnologias; "
        "herramientas; otros conocimientos; habilidades informaticas; competencias informaticas; "
        "habilidades personales; conocimientos especificos; fortalezas; lenguajes de "
        "programacion; programas; habilidades y conocimientos; otros datos de interes "
        "profesional; cualificaciones",
        "competenze; competenze tecniche; capacita; capacita e competenze; competenze "
        "informatiche; competenze digitali; abilita; competenze professionali; competenze "
        "personali; capacita e competenze tecniche; capacita e competenze personali; capacita "
        "tecniche; conoscenze informatiche; conoscenze tecniche; conoscenze; abilita e "
        "competenze; abilita tecniche; competenze trasversali; competenze chiave; competenze "
        "comunicative; strumenti; tecnologie; competenze specifiche; competenze organizzative e "
        "gestionali; competenze organizzative; linguaggi di programmazione; punti di forza; "
        "capacita professionali; competenze e abilita; aree di competenza",
        "vaardigheden; competenties; technische vaardigheden; kennis; computervaardigheden; "
        "kennis en vaardigheden; vaardigheden en competenties; kernvaardigheden; "
        "kerncompetenties; kwaliteiten; it-vaardigheden; it-kennis; digitale vaardigheden; "
        "softwarekennis; persoonlijke vaardigheden; technische kennis; overige vaardigheden; "
        "eigenschappen; sterke punten; programmeertalen; vakkennis; specialisaties; technologieen",
        "umiejetnosci; umiejetnosci techniczne; kompetencje; technologie; kluczowe umiejetnosci; "
        "umiejetnosci zawodowe; umiejetnosci miekkie; umiejetnosci informatyczne; umiejetnosci "
        "komputerowe; umiejetnosci i kompetencje; kompetencje zawodowe; kwalifikacje; znajomosc "
        "programow; znajomosc technologii; narzedzia; jezyki programowania; obsluga komputera; "
        "dodatkowe umiejetnosci; inne umiejetnosci; wiedza; mocne strony; umiejetnosci cyfrowe; "
        "technologie i narzedzia; programy; umiejetnosci dodatkowe; zdolnosci",
        "habilidades e competencias; conhecimentos; conhecimentos tecnicos; competencias "
        "digitais; aptidoes",
        "fardigheter; kompetens; kompetenser; kunskaper; tekniska fardigheter; kompetencer; "
        "faerdigheder; færdigheder; kompetanse; ferdigheter; taidot; osaaminen; dovednosti; "
        "schopnosti; znalosti; zrucnosti; aptitudini; abilitati; competente; keszsegek; "
        "kepessegek; ismeretek; yetenekler; beceriler; vjestine",
    ),
    "languages": (
        "languages; human languages; language skills; spoken languages; foreign languages; "
        "natural languages; language proficiency; language; language knowledge; language "
        "competence; language competences; languages spoken; linguistic skills; language "
        "abilities; foreign language skills; languages and proficiency; modern languages; "
        "language skill",
        "sprachen; sprachkenntnisse; fremdsprachen; sprache; fremdsprachenkenntnisse; sprachen "
        "und kenntnisse; sprachfahigkeiten; sprachliche kenntnisse; sprachkompetenz; "
        "sprachkompetenzen; sprachkenntnis",
        "langues; langues etrangeres; competences linguistiques; langue; langues parlees; langues "
        "vivantes; connaissances linguistiques; competences en langues; langues pratiquees; "
        "aptitudes linguistiques",
        "idiomas; lenguas; idioma; conocimiento de idiomas; lenguajes humanos; competencias "
        "linguisticas; lenguas extranjeras; conocimientos de idiomas; nivel de idiomas; "
        "conocimientos linguisticos",
        "lingue; lingue straniere; conoscenze linguistiche; competenze linguistiche; lingua; "
        "conoscenza delle lingue; conoscenza lingue; lingue conosciute; conoscenze linguistiche e "
        "livello; lingue parlate; madrelingua e altre lingue",
        "talen; talenkennis; taalvaardigheden; taal; taalkennis; taalvaardigheid; spreektalen; "
        "kennis van talen; moderne talen; taalbeheersing",
        "jezyki; jezyki obce; znajomosc jezykow; znajomosc jezykow obcych; jezyk; umiejetnosci "
        "jezykowe; kompetencje jezykowe; jezyki i poziom; znajomosc jezyka",
        "linguas",
        "sprak; sprog; spraakkunskaper; sprakkunskaper; kielitaito; kielet; jazyky; jazykove "
        "znalosti; limbi straine; limbi; nyelvek; nyelvtudas; nyelvismeret; yabanci dil; yabanci "
        "diller; diller; dil bilgisi; jezici; strani jezici",
    ),
    "interests": (
        "interests; hobbies; hobbies and interests; interests and hobbies; personal interests; "
        "outside interests; activities and interests; interests and activities; interest; hobby; "
        "personal; activities and hobbies; hobbies and activities; personal interests and "
        "hobbies; passions; extracurricular interests; leisure; leisure activities; pastimes; "
        "free time; in my free time; outside work; outside of work; interests and passions; other "
        "interests; personal interests and activities; sports; hobbies and sports; sports and "
        "hobbies; about my free time; spare time; my interests",
        "interessen; hobbys; hobbys und interessen; interessen und hobbys; freizeit; personliche "
        "interessen; freizeitaktivitaten; freizeitgestaltung; hobbies und interessen; interessen "
        "und hobbies; freizeitinteressen; private interessen; interessen und freizeit; "
        "ausserberufliche interessen; hobbys und freizeit; privates; sport und hobbys; freizeit "
        "und interessen; interessen und aktivitaten",
        "centres d'interet; centres d’interet; loisirs; interets; loisirs et centres d'interet; "
        "centre d'interet; centre d’interet; centres d interet; interet; loisirs et passions; "
        "passions et loisirs; activites et loisirs; activites extra-professionnelles; interets "
        "personnels; loisirs et interets; activites et centres d'interet; activites "
        "extraprofessionnelles; loisir; sports et loisirs; activites personnelles; vie "
        "extra-professionnelle; centres d'interets; centres d’interets",
        "intereses; aficiones; pasatiempos; intereses personales; hobbies e intereses; aficiones "
        "e intereses; intereses y aficiones; tiempo libre; intereses y hobbies; otros intereses; "
        "pasiones; gustos e intereses; aficion",
        "interessi; interessi personali; tempo libero; hobby e interessi; hobby e passioni; "
        "interessi e hobby; passioni; interessi e passioni; tempo libero e interessi; passatempi; "
        "interessi e attivita; sport e hobby; interessi extraprofessionali",
        "interesses; hobby's; hobby’s; hobby's en interesses; vrije tijd; hobbies en interesses; "
        "interesses en hobby's; persoonlijke interesses; vrijetijdsbesteding; interesses en "
        "hobbies; hobby’s en interesses; vrije-tijdsbesteding; passies; bezigheden",
        "zainteresowania; hobby i zainteresowania; pasje; pasje i zainteresowania; "
        "zainteresowania i hobby; zainteresowania i pasje; czas wolny; zainteresowania "
        "pozazawodowe; moje zainteresowania",
        "passatempos; interesses pessoais",
        "intressen; fritidsintressen; fritid; fritidsinteresser; interesser; harrastukset; "
        "kiinnostuksen kohteet; zajmy; konicky; zaujmy; pasiuni; interese; hobbik; erdeklodes; "
        "erdeklodesi kor; hobiler; ilgi alanlari; interesi",
    ),
    "references": (
        "references; referees; recommendations; testimonials; professional references; reference; "
        "references and recommendations; referees and references; academic references; personal "
        "references; recommendation; recommendation letters; letters of recommendation; "
        "endorsements; what people say; kudos; client testimonials; references available",
        "referenzen; empfehlungen; referenz; empfehlungsschreiben; referenzpersonen; "
        "kundenstimmen; arbeitszeugnisse; referenzgeber; referenzen und empfehlungen",
        "recommandations; references professionnelles; referents; recommandation; temoignages; "
        "references et recommandations; personnes de reference",
        "referencias; recomendaciones; referencia; referencias personales; referencias "
        "profesionales; referencias laborales; testimonios; referencias y recomendaciones",
        "referenze; raccomandazioni; referenza; referenze professionali; testimonianze; lettere "
        "di raccomandazione; raccomandazioni e referenze",
        "referenties; aanbevelingen; referentie; referenties en aanbevelingen; aanbeveling; "
        "getuigenissen; referentiepersonen; personen als referentie",
        "referencje; rekomendacje; referencja; referencje zawodowe; osoby polecajace; opinie; "
        "listy referencyjne; polecenia",
        "recomendacoes",
        "referenser; referencer; referanser; suosittelijat; referinte; recomandari; referenciak; "
        "ajanlasok; referanslar; preporuke",
    ),
    CONTACT: (
        "contact; contact details; contact information; contact info; personal details; personal "
        "information; personal data; personal info; get in touch; contacts; contact data; contact "
        "me; personal particulars; bio data; biodata; contact and links; links; online; find me; "
        "find me online; social; social media; social links; social networks; profiles; online "
        "profiles; online presence; web presence; address; details; my details; reach me; my "
        "contact; connect; where to find me; web; personal profile details; contact and social",
        "kontakt; kontaktdaten; personliche daten; zur person; angaben zur person; "
        "kontaktinformationen; kontakt und personliche daten; personliche angaben; personalien; "
        "angaben; personliches; adresse; anschrift; meine daten; personendaten; daten zur person; "
        "soziale medien; online-profile; kontaktangaben; kontaktdetails; personliche "
        "informationen",
        "coordonnees; informations personnelles; etat civil; mes coordonnees; informations de "
        "contact; renseignements personnels; donnees personnelles; me contacter; liens; reseaux "
        "sociaux; infos personnelles; informations; details personnels; reseaux; renseignements; "
        "identite; coordonnees personnelles",
        "contacto; datos personales; datos de contacto; informacion personal; contactos; datos; "
        "informacion de contacto; datos de identificacion; contactame; direccion; redes sociales; "
        "redes; enlaces; detalles personales; mis datos",
        "contatti; dati personali; informazioni personali; recapiti; contatto; informazioni di "
        "contatto; contattami; dati anagrafici; dati di contatto; indirizzo; i miei contatti; "
        "informazioni; collegamenti; dettagli personali",
        "contactgegevens; persoonlijke gegevens; persoonsgegevens; personalia; contactinformatie; "
        "gegevens; persoonlijke informatie; contactdetails; adres; persoonlijk; algemene "
        "gegevens; mijn gegevens; sociale media",
        "dane osobowe; dane kontaktowe; dane; informacje kontaktowe; informacje osobiste; dane "
        "personalne; linki; media spolecznosciowe; informacje o kandydacie",
        "contato; dados pessoais; informacoes pessoais; informacoes de contacto",
        "kontaktuppgifter; personuppgifter; kontaktoplysninger; personlige oplysninger; "
        "kontaktinformasjon; yhteystiedot; kontaktni udaje; osobni udaje; osobne udaje; date "
        "personale; date de contact; szemelyes adatok; elerhetosegek; elerhetoseg; iletisim; "
        "iletisim bilgileri; kisisel bilgiler; osobni podaci; kontakt podaci",
    ),
}
"""Kinds of section, as field names of `ParsedCv` on the wire, and their headings."""

"""Headings of CV sections on what somebody did: work, study, projects, honours.

English, German, French, Spanish, Italian, Dutch, Polish, Portuguese and, in the last row,
others. Phrases are folded (lower case, no accents) and stand between semicolons.
"""

WORK_HEADINGS: dict[str, tuple[str, ...]] = {
    "experience": (
        "experience; work experience; professional experience; employment; employment history; "
        "work history; career history; professional background; career; relevant experience; "
        "work; jobs; industry experience; positions; positions held; internships; professional "
        "history; experience summary; research experience; teaching experience; experiences; work "
        "experiences; professional experiences; employment experience; professional employment; "
        "career summary and experience; career path; professional career; job history; job "
        "experience; appointments; academic appointments; professional appointments; academic "
        "positions; research positions; positions and employment; employment record; work and "
        "experience; internship; internship experience; internships and work experience; work "
        "background; military experience; clinical experience; consulting experience; industrial "
        "experience; industry; freelance; freelance work; freelance experience; academic "
        "experience; academic employment; leadership experience; engineering experience; software "
        "experience; practical experience; experience and employment; professional activity; "
        "professional activities; employers",
        "berufserfahrung; berufliche erfahrung; beruflicher werdegang; werdegang; berufspraxis; "
        "praktika; arbeitserfahrung; praktische erfahrung; erfahrung; erfahrungen; "
        "berufserfahrungen; beruf; berufstatigkeit; berufliche tatigkeiten; berufliche tatigkeit; "
        "beruflicher hintergrund; berufliche laufbahn; beruflicher lebenslauf; berufliche "
        "stationen; tatigkeiten; arbeitsverhaltnisse; praktikum; praxiserfahrung; praktika und "
        "berufserfahrung; anstellungen; karriere; berufsweg; akademische tatigkeiten; "
        "wissenschaftliche tatigkeit; berufspraktische erfahrung; bisherige tatigkeiten; "
        "nebentatigkeiten; werkstudententatigkeiten; arbeitgeber; stationen; berufsleben; "
        "laufbahn",
        "experience professionnelle; experiences professionnelles; parcours professionnel; "
        "stages; emplois; experiences professionelles; parcours; carriere; emploi; stage; "
        "experiences et stages; activites professionnelles; historique professionnel; parcours de "
        "carriere; postes occupes; experience de travail; experience pro; historique d'emploi",
        "experiencia; experiencia laboral; experiencia profesional; historial laboral; "
        "experiencias; experiencia de trabajo; trayectoria profesional; trayectoria laboral; "
        "historia laboral; practicas; practicas profesionales; empleo; empleos; trayectoria; "
        "carrera profesional; vida laboral; antecedentes laborales",
        "esperienza; esperienze; esperienza lavorativa; esperienze lavorative; esperienza "
        "professionale; esperienze professionali; esperienze di lavoro; carriera; percorso "
        "professionale; lavoro; tirocini; tirocinio; impieghi; attivita lavorativa; storia "
        "lavorativa; attivita professionale; esperienze professionali e lavorative; occupazione",
        "ervaring; werkervaring; loopbaan; professionele ervaring; werkervaringen; "
        "arbeidsverleden; beroepservaring; ervaringen; arbeidservaring; werkgeschiedenis; "
        "relevante werkervaring; stage-ervaring; loopbaanoverzicht; werk",
        "doswiadczenie; doswiadczenie zawodowe; przebieg kariery; praktyki; historia "
        "zatrudnienia; kariera; zatrudnienie; praca; staze; praktyki zawodowe; praktyki i staze; "
        "przebieg pracy zawodowej; historia pracy; kariera zawodowa; staz",
        "experiencia profissional; experiencias profissionais; percurso profissional; historico "
        "profissional; estagios",
        "arbetslivserfarenhet; erfarenhet; anstallningar; arbejdserfaring; erhvervserfaring; "
        "erfaring; arbeidserfaring; yrkeserfaring; tyokokemus; pracovni zkusenosti; pracovne "
        "skusenosti; zkusenosti; experienta profesionala; experienta; munkatapasztalat; szakmai "
        "tapasztalat; is deneyimi; deneyim; is tecrubesi; radno iskustvo",
    ),
    "education": (
        "education; academic background; academic history; educational background; studies; "
        "education and training; academic qualifications; degrees; training; academic education; "
        "academic qualification; qualifications and education; educational qualifications; "
        "academics; academic training; schooling; academic record; degree; academic degrees; "
        "university education; higher education; school; schools; education history; educational "
        "history; academic credentials; formal education; universities",
        "ausbildung; studium; bildung; bildungsweg; schulbildung; schulische ausbildung; "
        "akademischer werdegang; hochschulausbildung; bildungsgang; aus- und weiterbildung; "
        "ausbildung und studium; studium und ausbildung; schule; schule und studium; "
        "hochschulbildung; hochschulstudium; akademische ausbildung; schulischer werdegang; "
        "schullaufbahn; universitare ausbildung; abschlusse; berufsausbildung; bildung und "
        "abschlusse; promotion; akademische laufbahn; universitat; wissenschaftlicher werdegang; "
        "schulabschluss; akademische bildung",
        "formation; formations; etudes; parcours academique; diplomes; education et formation; "
        "formation academique; formation universitaire; cursus; cursus universitaire; cursus "
        "academique; parcours scolaire; parcours universitaire; scolarite; diplome; diplomes et "
        "formations; formations et diplomes; formation initiale; etudes et formation; formation "
        "scolaire; formation et diplomes; parcours de formation; formation et etudes",
        "educacion; formacion; formacion academica; estudios; educacion y formacion; educacion "
        "academica; formacion universitaria; titulos; titulaciones; titulacion; estudios "
        "academicos; estudios realizados; formacion reglada; datos academicos; preparacion "
        "academica; historial academico; antecedentes academicos; formacion y estudios; educacion "
        "formal",
        "istruzione; formazione; istruzione e formazione; studi; titoli di studio; formazione "
        "accademica; percorso formativo; percorso di studi; educazione; formazione scolastica; "
        "titolo di studio; istruzione e studi; studi e formazione; formazione universitaria; "
        "percorso accademico; formazione e istruzione; educazione e formazione",
        "opleiding; opleidingen; onderwijs; studie; opleiding en training; academische "
        "achtergrond; scholing; educatie; studieverleden; opleidingen en cursussen; academische "
        "opleiding; vooropleiding; onderwijsachtergrond; opleidingsachtergrond",
        "wyksztalcenie; edukacja; studia; wyksztalcenie i kwalifikacje; nauka; edukacja i "
        "kwalifikacje; przebieg edukacji; szkola; uczelnia; wyksztalcenie akademickie; przebieg "
        "ksztalcenia",
        "educacao; formacao; formacao academica; habilitacoes academicas; habilitacoes "
        "literarias; escolaridade",
        "utbildning; uddannelse; utdanning; utdannelse; koulutus; vzdelani; vzdelanie; studii; "
        "tanulmanyok; vegzettseg; egitim; egitim bilgileri; obrazovanje",
    ),
    "projects": (
        "projects; personal projects; selected projects; side projects; key projects; notable "
        "projects; portfolio; samples; work samples; open source; academic projects; open source "
        "projects; open source contributions; research projects; recent projects; project; "
        "project experience; selected work; selected works; featured projects; relevant projects; "
        "other projects; my projects; project work; project history; university projects; student "
        "projects; course projects; class projects; software projects; technical projects; "
        "professional projects; portfolio projects; apps; hobby projects; independent projects; "
        "personal and open source projects; projects and open source; freelance projects; "
        "open-source; open-source projects; open-source contributions; case studies; works; "
        "capstone project; engineering projects",
        "projekte; personliche projekte; arbeitsproben; ausgewahlte projekte; eigene projekte; "
        "private projekte; projekterfahrung; projektarbeit; projektarbeiten; projektliste; "
        "projekthistorie; referenzprojekte; open-source-projekte; studienprojekte; wichtige "
        "projekte; projektauswahl; forschungsprojekte; akademische projekte; nebenprojekte",
        "projets; projets personnels; realisations; projets academiques; projet; projets "
        "realises; projets professionnels; projets scolaires; projets universitaires; projets "
        "open source; mes projets; projets notables; projets de recherche; autres projets; "
        "projets et realisations",
        "proyectos; proyectos personales; portafolio; proyectos destacados; proyectos academicos; "
        "proyectos realizados; proyectos relevantes; portafolio de proyectos; proyectos "
        "profesionales; proyectos de investigacion; mis proyectos",
        "progetti; progetti personali; portfolio progetti; progetti accademici; progetti "
        "principali; progetti professionali; progetti rilevanti; progetti universitari; progetti "
        "open source; progetti svolti; lavori",
        "projecten; persoonlijke projecten; projectervaring; eigen projecten; academische "
        "projecten; relevante projecten; nevenprojecten; hobbyprojecten",
        "projekty; projekty wlasne; projekty osobiste; projekty zrealizowane; wybrane projekty; "
        "zrealizowane projekty; projekty studenckie; wlasne projekty; projekty komercyjne; "
        "projekty akademickie",
        "projetos; projetos pessoais",
        "projekt; egna projekt; projekter; prosjekter; projektit; proiecte; projektek; projeler; "
        "projekti",
    ),
    "certifications": (
        "certifications; certificates; licenses; licences; professional certifications; "
        "certification; licenses and certifications; certifications and licenses; courses; "
        "courses and certifications; courses and certificates; professional development; "
        "certificate; licensure; licenses and certificates; certificates and licenses; "
        "certifications and training; certificates and training; certifications and courses; "
        "certificates and courses; training and certifications; trainings; trainings and "
        "certifications; training courses; courses and training; online courses; professional "
        "training; continuing education; professional licenses; additional training; credentials; "
        "accreditations; professional qualifications; additional education; board certification; "
        "board certifications; certification and training; workshops and courses; further "
        "education; further training; professional certificates; technical certifications; "
        "driving licence and certificates",
        "zertifikate; zertifizierungen; weiterbildung; weiterbildungen; fortbildungen; kurse; "
        "zertifikat; fort- und weiterbildung; fort- und weiterbildungen; weiterbildungen und "
        "zertifikate; weiterbildung und zertifikate; zertifikate und weiterbildungen; zertifikate "
        "und weiterbildung; zertifikate und kurse; schulungen; seminare; lehrgange; fortbildung; "
        "kurse und zertifikate; berufliche weiterbildung; bescheinigungen; schulungen und "
        "zertifikate; lizenzen; seminare und schulungen; kurse und weiterbildungen; lizenzen und "
        "zertifikate; zusatzausbildung; zusatzausbildungen",
        "certificats; formations complementaires; certifications professionnelles; certificat; "
        "certifications et formations; formations et certifications; formation continue; "
        "formations courtes; habilitations; attestations; certificats et formations; stages de "
        "formation; formation complementaire; licences et certifications; cours et certifications",
        "certificaciones; certificados; cursos; cursos y certificaciones; certificacion; "
        "formacion complementaria; formacion adicional; otros cursos; cursos y seminarios; cursos "
        "realizados; certificados y cursos; cursos de formacion; certificaciones y cursos; "
        "formacion continua; licencias y certificaciones; acreditaciones; otras titulaciones; "
        "educacion complementaria; cursos complementarios",
        "certificazioni; certificati; corsi; corsi e certificazioni; certificazione; "
        "certificazioni e corsi; corsi di formazione; attestati; formazione continua; "
        "abilitazioni; corsi e attestati; patenti e certificazioni; formazione complementare; "
        "corsi di aggiornamento; licenze e certificazioni; aggiornamento professionale; "
        "abilitazioni e certificazioni",
        "certificaten; certificeringen; cursussen; certificaat; cursussen en certificaten; "
        "cursussen en trainingen; trainingen; trainingen en cursussen; certificaten en cursussen; "
        "diploma's en certificaten; bijscholing; opleidingen en certificaten; aanvullende "
        "opleidingen; nascholing",
        "certyfikaty; kursy; szkolenia; kursy i szkolenia; szkolenia i certyfikaty; kursy i "
        "certyfikaty; certyfikaty i kursy; certyfikaty i szkolenia; certyfikat; uprawnienia; "
        "ukonczone kursy; szkolenia i kursy; kursy zawodowe; odbyte szkolenia; licencje i "
        "certyfikaty; uprawnienia i certyfikaty; kursy oraz szkolenia",
        "certificacoes; cursos e certificacoes; formacao complementar; cursos complementares",
        "certifieringar; certifikat; kurser; certifikater; kurser och certifikat; sertifikater; "
        "sertifikaatit; certifikaty; certifikace; certificari; cursuri; tanfolyamok; "
        "sertifikalar; certifikati",
    ),
    "achievements": (
        "achievements; accomplishments; key achievements; key accomplishments; selected "
        "achievements; highlights; career highlights; major achievements; professional "
        "achievements; personal achievements; main achievements; notable achievements; successes; "
        "accolades; career achievements; milestones; most proud of; proud of; career "
        "accomplishments; significant achievements; achievement; key "
        "results",
        "erfolge; leistungen; besondere leistungen; berufliche erfolge; erreichte erfolge; "
        "wichtige erfolge; grosste erfolge; meilensteine; errungenschaften; besondere erfolge; "
        "ausgewahlte erfolge",
        "accomplissements; realisations cles; reussites; realisations professionnelles; "
        "principales realisations; realisations marquantes; succes; faits marquants; "
        "accomplissements professionnels",
        "logros; logros destacados; logros profesionales; principales logros; logros clave; "
        "exitos; hitos; logros academicos",
        "risultati; traguardi; risultati raggiunti; risultati professionali; principali "
        "risultati; successi; obiettivi raggiunti; risultati principali; traguardi raggiunti",
        "prestaties; resultaten; behaalde resultaten; successen; belangrijkste prestaties; "
        "hoogtepunten; mijlpalen",
        "osiagniecia; sukcesy; najwazniejsze osiagniecia; kluczowe osiagniecia; osiagniecia "
        "zawodowe; wybrane osiagniecia; dokonania",
        "conquistas; realizacoes",
        "meriter; prestationer; resultater; uspechy; realizari; eredmenyek; basarilar",
    ),
    "volunteer": (
        "volunteer; volunteering; volunteer experience; volunteer work; community service; "
        "community involvement; service; voluntary work; civic engagement; volunteering "
        "experience; social engagement; volunteer activities; volunteer service; volunteerism; "
        "community; community work; community engagement; community volunteering; charity work; "
        "charity; non-profit; nonprofit; non-profit experience; public service; social work; "
        "social commitment; social involvement; volunteer roles; volunteer positions; volunteer "
        "involvement; volunteer history; voluntary experience; voluntary engagement; voluntary "
        "activities; community outreach; volunteering and community; leadership and volunteering; "
        "civic activities; social activities; volunteer and community involvement",
        "ehrenamt; ehrenamtliches engagement; ehrenamtliche tatigkeiten; engagement; soziales "
        "engagement; ehrenamtliche arbeit; ehrenamtliche tatigkeit; freiwilliges engagement; "
        "freiwilligenarbeit; gesellschaftliches engagement; ausserberufliches engagement; "
        "ehrenamter; freiwillige tatigkeiten; soziales und ehrenamtliches engagement; ehrenamt "
        "und engagement; vereinsarbeit; vereinstatigkeit; sozialer einsatz; freiwilligendienst; "
        "ehrenamtliches; universitares engagement; studentisches engagement; politisches "
        "engagement",
        "benevolat; experience benevole; engagement associatif; vie associative; engagement "
        "benevole; engagements; activites benevoles; experiences benevoles; experiences "
        "associatives; experience associative; activites associatives; volontariat; associations; "
        "associatif; engagements associatifs; actions benevoles; engagement citoyen",
        "voluntariado; experiencia de voluntariado; trabajo voluntario; voluntariados; "
        "actividades de voluntariado; labor social; servicio comunitario; compromiso social; "
        "experiencia voluntaria; servicio social; acciones sociales",
        "volontariato; esperienze di volontariato; attivita di volontariato; esperienza di "
        "volontariato; volontariato e impegno sociale; impegno sociale; servizio civile; attivita "
        "sociali; attivita volontaria; impegno civile",
        "vrijwilligerswerk; vrijwillig werk; vrijwilligersactiviteiten; vrijwilligerservaring; "
        "maatschappelijke betrokkenheid; bestuurservaring; maatschappelijke activiteiten; "
        "vrijwilligers; bestuurswerk; commissiewerk; vrijwilligerswerk en bestuur; "
        "nevenactiviteiten en vrijwilligerswerk",
        "wolontariat; dzialalnosc spoleczna; dzialalnosc spoleczna i wolontariat; aktywnosc "
        "spoleczna; dzialalnosc charytatywna; praca spoleczna; zaangazowanie spoleczne; "
        "dzialalnosc dodatkowa i wolontariat; dzialalnosc wolontariacka; wolontariaty",
        "trabalho voluntario; voluntariado e acao social",
        "volontararbete; ideellt arbete; ideellt engagemang; frivilligt arbejde; frivillig "
        "arbeid; frivillig erfaring; vapaaehtoistyo; dobrovolnictvi; dobrovolnictvo; voluntariat; "
        "onkentes munka; gonulluluk; gonullu calismalar; volontiranje",
    ),
    "awards": (
        "awards; honors; honours; awards and honors; honors and awards; recognition; prizes; "
        "awards and recognition; scholarships; fellowships; distinctions; awards and honours; "
        "honours and awards; scholarships and awards; awards and scholarships; award; honors and "
        "scholarships; honours and scholarships; awards and fellowships; fellowships and awards; "
        "honors and fellowships; honors, awards and fellowships; awards and achievements; awards "
        "and prizes; prizes and awards; selected honors; academic honors; academic awards; "
        "academic honours; academic distinctions; recognitions; recognition and awards; honors "
        "and recognition; awards and distinctions; awards and certificates; scholarships and "
        "fellowships; fellowships and scholarships; competitions; competitions and awards; "
        "achievements and awards; awards and accomplishments; honors and achievements; medals; "
        "patents and awards; distinctions and awards; scholarships and honors; honors and "
        "distinctions; honours and distinctions; nominations; hackathons; scholarship; awards and "
        "nominations; awards, honors and scholarships; merit awards",
        "auszeichnungen; preise; ehrungen; stipendien; preise und auszeichnungen; auszeichnung; "
        "auszeichnungen und stipendien; stipendien und auszeichnungen; auszeichnungen und preise; "
        "stipendium; forderungen; wettbewerbe; preise und stipendien; ehrungen und preise; "
        "auszeichnungen und erfolge; pramierungen",
        "prix; distinctions et prix; prix et distinctions; bourses; recompenses; distinctions "
        "honorifiques; bourses et distinctions; prix et recompenses; prix et bourses; bourses et "
        "prix; distinctions et bourses; recompenses et distinctions; concours; honneurs; "
        "reconnaissances",
        "premios; reconocimientos; becas; premios y reconocimientos; distinciones; premios y "
        "becas; becas y premios; premios y distinciones; distinciones y premios; honores; "
        "reconocimientos y premios; galardones; premios y logros; concursos; meritos",
        "premi; riconoscimenti; borse di studio; premi e riconoscimenti; premi e borse di studio; "
        "riconoscimenti e premi; onorificenze; premi e onorificenze; concorsi; borse di studio e "
        "premi; premi e menzioni; encomi",
        "prijzen; onderscheidingen; beurzen; prijzen en onderscheidingen; onderscheidingen en "
        "prijzen; beurzen en prijzen; prijzen en beurzen; awards en prijzen; eerbetoon; "
        "wedstrijden",
        "nagrody; wyroznienia; stypendia; nagrody i wyroznienia; nagrody i stypendia; stypendia i "
        "nagrody; wyroznienia i nagrody; odznaczenia; konkursy; nagrody i odznaczenia; "
        "osiagniecia i nagrody",
        "premiacoes; distincoes; bolsas",
        "utmarkelser; stipendier; priser; udmaerkelser; udmærkelser; utmerkelser; palkinnot; "
        "apurahat; oceneni; ocenenia; premii; dijak; oduller; burslar; nagrade",
    ),
    "publications": (
        "publications; writing; papers; articles; selected publications; published work; "
        "peer-reviewed publications; journal articles; books; published works; publication; "
        "publication list; list of publications; publications and patents; publications and "
        "papers; publications and presentations; research publications; scientific publications; "
        "academic publications; refereed publications; refereed journal articles; refereed "
        "articles; refereed papers; peer reviewed publications; peer-reviewed articles; peer "
        "reviewed articles; peer-reviewed journal articles; peer-reviewed papers; peer-reviewed "
        "conference papers; journal papers; journal publications; refereed journal publications; "
        "conference papers; conference publications; conference proceedings; refereed conference "
        "papers; book chapters; chapters; preprints; working papers; manuscripts; manuscripts in "
        "preparation; books and chapters; books and book chapters; publications and writing; "
        "writings; recent publications; key publications; representative publications; papers and "
        "publications; articles and publications; blog posts; theses; thesis; published articles; "
        "published papers; research papers; bibliography; books and articles; editorials; "
        "reviews; scholarly publications; works in progress; technical reports; monographs; "
        "edited volumes; papers under review; under review; articles in refereed journals; other "
        "publications; media publications; in press",
        "veroffentlichungen; publikationen; artikel; publikationsliste; schriftenverzeichnis; "
        "wissenschaftliche publikationen; wissenschaftliche veroffentlichungen; ausgewahlte "
        "publikationen; ausgewahlte veroffentlichungen; fachartikel; fachpublikationen; bucher; "
        "aufsatze; veroffentlichung; zeitschriftenartikel; beitrage; publikationen und vortrage; "
        "buchbeitrage; monographien; monografien; artikel und veroffentlichungen; liste der "
        "publikationen; schriften",
        "publications scientifiques; articles et publications; ecrits; articles scientifiques; "
        "liste des publications; ouvrages; travaux; travaux et publications; publications et "
        "communications; articles de revue; actes de conferences; chapitres d'ouvrages; "
        "communications et publications; travaux scientifiques; publications selectionnees",
        "publicaciones; articulos; publicacion; publicaciones cientificas; publicaciones "
        "academicas; publicaciones seleccionadas; articulos cientificos; articulos publicados; "
        "libros; libros y articulos; capitulos de libro; obras; lista de publicaciones",
        "pubblicazioni; articoli; pubblicazione; pubblicazioni scientifiche; pubblicazioni "
        "accademiche; pubblicazioni selezionate; articoli scientifici; libri; elenco delle "
        "pubblicazioni; articoli e pubblicazioni; articoli su rivista; contributi in volume; "
        "pubblicazioni e interventi",
        "publicaties; artikelen; publicatie; publicatielijst; wetenschappelijke publicaties; "
        "geselecteerde publicaties; boeken; lijst van publicaties; wetenschappelijke artikelen; "
        "geschriften",
        "publikacje; artykuly; publikacja; publikacje naukowe; lista publikacji; wybrane "
        "publikacje; artykuly naukowe; ksiazki; wykaz publikacji; spis publikacji; dorobek "
        "naukowy; publikacje i artykuly",
        "publicacoes; artigos; publicacoes cientificas",
        "publikationer; publikasjoner; julkaisut; publikace; publikacie; publicatii; publikaciok; "
        "yayinlar; publikacije; objavljeni radovi",
    ),
}
"""Kinds of section, as field names of `ParsedCv` on the wire, and their headings."""

"""Words that tell roles, organisations, degrees and labels apart, in seven languages.

All are folded: lower case, without accents. A role word counts as a whole word or as
the end of a longer one (German compounds such as "Softwareentwickler").
"""

import re

from .places import without_region_code
from .text import folded

_ROLES = (
    "accountant administrator administratrice adviser advisor agent analyst analyste analista "
    "apprentice architect architecte architekt architetto arquitecto artist assistant "
    "assistent assistente asistente associate attorney auditor author baker barista bartender "
    "beraterin berater boekhouder builder buyer captain carpenter cashier ceo cfo chair "
    "chairman chairwoman chef chief cio clerk coach co-founder cofounder columnist commander "
    "commercial consultant consultante consulente consultor contractor contributor coo cook "
    "coordinateur coordinator coordinador coordinatore copywriter counsel counselor creator "
    "cto curator dean dentist deputy desarrollador designer developer developpeur "
    "developpeuse developper director directeur directrice direttore dispatcher doctor "
    "docente doktorand driver dyrektor economist editor educator electrician engineer "
    "entwickler entwicklerin estimator evangelist executive expert fellow founder fondateur "
    "foreman freelance freelancer geschaftsfuhrer gerente gestionnaire graphiste guard guide "
    "head hilfskraft illustrator infirmier infirmiere ingegnere ingenieur ingenieurin "
    "ingeniero ingeniera inspector instructor intern interpreter investigator inzynier "
    "janitor journalist journaliste kierownik konsultant koordinator laborant lawyer lead "
    "leader lecturer leiter leiterin lehrer lehrerin librarian machinist maintainer manager "
    "marketer mathematician mechanic mechaniker medewerker member mentor midwife mitarbeiter "
    "mitarbeiterin moderator musician nauczyciel nco ninja nurse officer onderzoeker operator "
    "organiser organizer owner paralegal partner pharmacist photographer physician pilot "
    "planner postdoc praktikant praktikantin president principal producer profesor professeur "
    "professor professore programador programista programmatore programmer programmeur "
    "projektleiter psychologist receptionist recruiter redakteur reporter representative "
    "researcher responsable responsabile reviewer sachbearbeiter sales salesperson scientist "
    "scholar secretary senior junior sergeant servant server shareholder socio specialist "
    "specialista specialiste spezialist stagiaire statistician stazysta stagista steward "
    "strategist subscriber supervisor surgeon surveyor sviluppatore teacher technician "
    "technicien tecnico techniker tester therapist trainee trainer translator treasurer tutor "
    "undergraduate underwriter vendeur veterinarian volunteer vorstand vp waiter waitress "
    "webmaster welder werkstudent werkstudentin wissenschaftler writer zastepca job "
    "experience actor actress adjunct administrateur administratif administrador "
    "administradora administrative adjoint adjunkt akademiker allrounder analityk analistas "
    "anwalt anwaltin arzt arztin asystent asystentka asesor asesora assessor assistenza "
    "assistentin aushilfe auszubildende auszubildender autor autorin avocat avocate avvocato "
    "abogado abogada advocaat adwokat animateur animatrice apprenti apprentie architekta "
    "architektin arbeiter arbeiterin artista artiste bauingenieur bauleiter bibliothecaire "
    "bibliothekar bibliothekarin biologist biologe biologin bookkeeper broker buchhalter "
    "buchhalterin businessanalyst becario becaria bolsista borsista bedienung camarero "
    "camarera cameriere cameriera caissier caissiere capo caregiver caretaker chauffeur "
    "chemist chemiker chirurg chirurgien co-lead codirector collaborateur collaboratore "
    "collaboratrice colaborador colaboradora comercial comptable conseiller conseillere "
    "consejero consultora contabile contable controller controleur coordinatrice coordinadora "
    "coordonnateur coordonnatrice correspondent cuisinier cocinero cuoco curador dba delegate "
    "delegue deleguee dependiente desarrolladora desenvolvedor designerin dessinateur "
    "diplomand diplomandin dirigente disenador disenadora docent dozent dozentin doctorante "
    "doctorant doctorando dottorando dottoranda doctoraatsstudent drucker dyrektorka doradca "
    "economista ecrivain educatrice educador educadora educateur elektriker elettricista "
    "electricista elektryk employe employee empleado empleada enfermero enfermera enseignant "
    "enseignante entrepreneur entrenador ejecutivo ejecutiva enquetrice ergotherapeut "
    "erzieher erzieherin fachangestellte fachangestellter fachinformatiker fachkraft fahrer "
    "facharzt farmaceuta farmacista farmaceutico fotografo fotograf fotografin founding "
    "forscher forscherin freiberufler freiberuflich freiberuflicher fondatrice fundador "
    "fundadora fondatore founder-ceo formateur formatrice formatore geschaftsfuhrerin "
    "geologist gestor gestora gerant gerante grafiker grafikerin graphiker grafico "
    "gruppenleiter grader handlowiec handwerker hausmeister hiwi hostess hotelfachfrau helper "
    "hilfswissenschaftler illustrateur illustratrice impiegato impiegata infermiere "
    "infermiera informaticien informatico informatica informatyk ingenieure ingegnera "
    "ingenieurs inginer innenarchitekt inzenyr instruktor instructeur internist investigador "
    "investigadora investigatore interprete integrator jefe jefa journalistin jurist juristin "
    "juriste kassierer kassiererin kaufmann kauffrau kaufmannische kellner kellnerin "
    "kellnerka kelner kierowca konstrukteur konstruktor koch kochin koordinatorin "
    "krankenpfleger krankenpflegerin krankenschwester kucharz ksiegowy ksiegowa kundenberater "
    "kundenbetreuer laborantin lagerist lehrbeauftragte lehrbeauftragter leiterzy lektor "
    "lektorin lekarz leraar lerares lifeguard lider loodgieter logistician lecturer-in "
    "magazynier maestra maestro maitre maler manutentore marketingmanager "
    "maschinenbauingenieur mecanicien mecanico meccanico medecin medico medica medewerkster "
    "menedzer mentorin metteur monitor monitora monteur monteurin musiker musikerin musicien "
    "medarbejder medarbetare nanny naukowiec neuroscientist nauczycielka notaire notary ober "
    "oberarzt obmann ordonnateur ouvrier ouvriere onderwijzer ontwikkelaar ontwikkelaarster "
    "operaio operadora operario opiekun opiekunka ombudsman organizador organisateur "
    "organisatrice organizzatore ortsgruppenleiter padagoge padagogin paramedic passante "
    "pedagog pelatih pflegefachkraft pfleger pharmacien physicist physiker physikerin "
    "physiotherapist physiotherapeut pianist pielegniarka pizzaiolo postdoctoral "
    "postdoctorant pracownik pracownica praktikantka prawnik preceptor predoctoral prodavac "
    "producent producteur productowner produktmanager profesora professora professeure "
    "programistka programmatrice progettista projektmanager projektleiterin "
    "projektmitarbeiter projektant promoter proofreader prorektor prozessingenieur "
    "prosjektleder prezes psycholog psychologe psychologin psychologue psicologo psicologa "
    "przedstawiciel praticante practicante realisateur recepcionista receptionista "
    "receptionniste rechtsanwalt rechtsanwaltin redacteur redactrice redactor redactora "
    "redaktor redaktorin redattore referendar referendarin referent referentin regisseur "
    "repartidor repetiteur researcher-in restauratrice reporterin rzecznik secretaire "
    "secretario secretaria segretario segretaria sekretar sekretarin sekretarka selbstandig "
    "selbststandig selbstandiger serveur serveuse servicekraft servicetechniker socia "
    "software-entwickler softwareentwickler soldat soldier solicitor sommelier sozialarbeiter "
    "sozialarbeiterin sous-chef specjalista specjalistka sprzedawca sprzedawczyni stagiairs "
    "stagiair statisticien statystyk stellvertretende stellvertretender stellvertreter "
    "stomatolog student studentin studentische superviseur supervisora supervisore "
    "surveillant systemadministrator systemingenieur systemarchitekt schatzmeister "
    "schriftfuhrer steuerberater steuerfachangestellte subdirector sysadmin syndic tecnica "
    "technicienne technolog teamleiter teamleiterin teamleider teamlead teamlid testeur "
    "tierarzt tlumacz trainerin traducteur traductrice traductor traductora traduttore "
    "traduttrice trader tresorier tresoriere trener tuteur tutorin tutora tutore "
    "testingenieur ubersetzer ubersetzerin unternehmensberater urbaniste urbanist usher "
    "utvikler vendedor vendedora venditore venditrice vendeuse verkaufer verkauferin "
    "verkaufsberater verkoper verkoopmedewerker veterinaire veterinario vertaler "
    "vertriebsmitarbeiter vertriebsleiter vicepresident vice-president viceprezes vorsitzende "
    "vorsitzender vorstandsmitglied vrijwilliger voluntario voluntaria volontario volontaria "
    "vrijwilligster volontaire benevole wolontariusz wolontariuszka volontar volontarin "
    "freiwillige freiwilliger ehrenamtliche ehrenamtlicher ehrenamtlich wykladowca wychowawca "
    "werkmeister werkstudentka werkleider winkelmedewerker wissenschaftlicher "
    "wetenschappelijk wspolzalozyciel wlasciciel zahnarzt zalozyciel zelfstandig "
    "zootechnician zeitungsredakteur tekniker utvecklare ingenjor larare sjukskoterska laege "
    "sykepleier laerer konsulent projektleder udvikler radgiver vyvojar ucitel manazer "
    "programator konzultant inzenyrka asistent asistentka consultantul dezvoltator muhendis "
    "yazilimci gelistirici ogretmen uzman mudur stajyer fejleszto mernok tanar menedzser "
    "gyakornok kehittaja insinoori opettaja harjoittelija qa devops sre cpo cmo ciso svp evp "
    "avp gm pm tpm swe sde hr barrister paediatrician pediatrician cardiologist radiologist "
    "nutritionist dietitian geographer historian linguist philosopher sociologist "
    "anthropologist archaeologist composer conductor dancer choreographer singer violinist "
    "videographer filmmaker animator copyeditor blogger podcaster streamer youtuber "
    "influencer stylist hairdresser tailor butcher gardener farmer fisherman forester miner "
    "plumber roofer mason painter bricklayer electrotechnician mechatroniker "
    "industriemechaniker"
)
_COMPOUND_ENDS = (
    "entwickler",
    "entwicklerin",
    "ingenieur",
    "ingenieurin",
    "leiter",
    "leiterin",
    "berater",
    "beraterin",
    "techniker",
    "technikerin",
    "assistent",
    "assistentin",
    "mitarbeiter",
    "mitarbeiterin",
    "manager",
    "managerin",
    "kaufmann",
    "kauffrau",
    "arbeiter",
    "arbeiterin",
    "mechaniker",
    "mechanikerin",
    "lehrer",
    "lehrerin",
    "praktikant",
    "praktikantin",
    "arzt",
    "arztin",
    "redakteur",
    "redakteurin",
    "verkaufer",
    "verkauferin",
    "analyst",
    "analystin",
    "architekt",
    "architektin",
    "administrator",
    "administratorin",
    "spezialist",
    "meister",
    "ontwikkelaar",
    "buchhalter",
    "buchhalterin",
    "pfleger",
    "pflegerin",
    "berater",
    "verpleegkundige",
    "leerkracht",
    "medewerker",
    "medewerkster",
    "adviseur",
    "beheerder",
    "kundige",
)
_COMPANIES = (
    "inc llc ltd limited gmbh ag kg se plc corp corporation co company group sa sarl sas srl "
    "spa bv nv oy ab pty partners holdings foundation stiftung studios laboratories labs bank "
    "hospital klinik agency ministry council industries technologies solutions systems "
    "incorporated limitada ltda eireann gesellschaft mbh e.v eg ohg gbr ug kgaa werke verlag "
    "druckerei praxis kanzlei buro ingenieurburo apotheke krankenhaus klinikum "
    "universitatsklinikum sparkasse versicherung versicherungen konzern betriebe stadtwerke "
    "verein verband landesamt bundesamt behorde ministerium gemeinde stadtverwaltung "
    "bibliothek museum redaktion agentur sasu eurl snc scop cabinet clinique hopital societe "
    "compagnie entreprise etablissements association mairie prefecture ministere banque "
    "assurances editions librairie fondation laboratoire restaurant hotel boulangerie agence "
    "sl slu s.l s.a.u sociedad clinica ayuntamiento ministerio banco seguros editorial "
    "fundacion asociacion grupo consultoria agencia tienda colegio laboratorio laboratorios "
    "restaurante srls s.r.l.s societa azienda ospedale comune ministero banca assicurazioni "
    "editrice fondazione associazione gruppo agenzia ristorante cooperativa b.v n.v v.o.f vof "
    "maatschappij ziekenhuis gemeente ministerie verzekeringen uitgeverij stichting "
    "vereniging groep adviesbureau winkel kliniek z.o.o spolka sp.z.o.o s.k.a spzoo szpital "
    "urzad ministerstwo ubezpieczenia wydawnictwo fundacja stowarzyszenie grupa agencja sklep "
    "przychodnia zaklad asa a.s d.o.o kft zrt nyrt oyj aps a/s pte pvt gmbh&co llp lp pllc "
    "dba enterprises associates consultants ventures bancorp airlines airways motors "
    "automotive pharma pharmaceuticals biotech clinic institute society club church union "
    "federation authority embassy parliament senate army navy publishing publishers magazine "
    "newspaper interactive pictures semiconductors petroleum steel chemicals foods beverages "
    "brewery stores supermarket shipping railways telecom dynamics aerospace defence "
    "architects properties realty hotels resort resorts bakery cafe coffee"
)
_SCHOOLS = (
    "university universitat universite universidad universita universiteit uniwersytet "
    "college school schule hochschule fachhochschule gymnasium lycee ecole institute institut "
    "instituto istituto instytut academy akademie academia politecnico politecnica "
    "politechnika polytechnic polytechnique escuela scuola szkola liceum liceo hogeschool "
    "faculty universidade conservatory eth epfl mit ucla univ universitas universitetet "
    "universitet univerzita univerzitet sveuciliste yliopisto egyetem uniwersytetu "
    "universitate universitesi kth tum rwth lmu epitech insa hec essec polytechnicum "
    "technikum tecnologico tecnologica conservatoire conservatorio konservatorium highschool "
    "seminary kindergarten college's colegio ies iut bts liceul gimnazjum gymnasiet "
    "realschule gesamtschule hauptschule berufsschule berufsakademie volkshochschule "
    "grundschule musikhochschule kunsthochschule kunstakademie oberschule berufskolleg "
    "fachoberschule mittelschule waldorfschule wirtschaftsschule handelsschule ecoles faculte "
    "facolta facultad fakultat wydzial wyzsza politecnic politehnica bootcamp lyzeum atheneum "
    "hbo lyceum vwo mbo caltech mcgill harvard yale insead sorbonne bocconi"
)
_DEGREES = (
    "phd ph.d doctorate doctor doctorat doktor doctorado dottorato bsc b.sc bs b.s ba b.a "
    "beng b.eng bachelor bachelors bachelor's licence licenciatura laurea licencjat magister "
    "msc m.sc ms m.s ma m.a meng master masters master's mba mfa bfa m.eng jd j.d md m.d llb "
    "llm diploma diplom diplome maturita abitur baccalaureat bachillerato maturitas matura "
    "associate gcse a-levels minor major degree grado maitrise doctoraal staatsexamen "
    "habilitation dphil mphil bcom mres btech b.tech mtech m.tech certificate ged promotion "
    "magistrale triennale inzynier dr d.phil doktorat doktorgrad doktorstudium docteur "
    "doctorante laureat bachelorstudium masterstudium masterstudiengang bachelorstudiengang "
    "bsc.hons bcs bcomp bse bsee bscs mscs m.phil m.res m.ed b.ed b.com b.b.a bba m.b.a emba "
    "mpa mph mpp dds dvm pharmd psyd edd ll.m ll.b b.arch m.arch barch m.fa b.fa bmus mmus "
    "fachhochschulreife hochschulreife reife realschulabschluss hauptschulabschluss "
    "gesellenbrief meisterbrief meister magisterstudium diplom-ingenieur dipl.-ing dipl.-inf "
    "dipl.-kfm dipl.-phys dipl diplom-informatiker diplom-kaufmann fachabitur ausbildung "
    "abschlussprufung lehramt vordiplom dut bts bep deug dea dess agregation capes brevet "
    "ingeniorat preparatoire prepa maitre ingenieria bachiller eso maestria posgrado "
    "postgrado fp diplomatura doctora licenciado licenciada graduado graduada laureato "
    "specialistica dottore perfezionamento specializzazione perito propedeuse drs mbo-4 "
    "hbo-bachelor havo vwo gymnasium-diploma kandidaats studia magisterskie inzynierskie "
    "licencjackie podyplomowe swiadectwo magister-inzynier mgr mestrado doutoramento "
    "doutorado bacharelado kandidatexamen civilingenjor kandidatuddannelse hovedfag siviling "
    "bakalar bakalarske magisterske diploma's a-level o-level gce hnd hnc btec nvq hons "
    "baccalaureate a.b a.s aas s.b s.m sc.d scd engd erasmus postgraduate"
)
_FIELDS = (
    "accounting administration aerospace agriculture anthropology architecture art arts "
    "artificial astronomy astrophysics biochemistry bioinformatics biology biomedical "
    "biophysics biotechnology business chemistry civil cognitive commerce communication "
    "communications computer computing cybersecurity dentistry design drama ecology economics "
    "education electrical electronics engineering english environmental film finance "
    "geography geology germanistik history humanities informatics international journalism "
    "language languages law linguistics literature logistics management marketing materials "
    "mathematics maths mechanical mechatronics media medicine meteorology microbiology music "
    "nanotechnology neuroscience nursing nutrition operations pharmacy philosophy physics "
    "physiology physiotherapy politics political psychology public relations robotics science "
    "sciences sociology software statistics studies systems technology theatre theology "
    "tourism translation veterinary zoology architektur bauingenieurwesen betriebswirtschaft "
    "betriebswirtschaftslehre bwl biologie chemie elektrotechnik geographie geschichte "
    "informatik informationstechnik ingenieurwesen kommunikationswissenschaft kunst "
    "linguistik maschinenbau mathematik mechatronik medizin musik padagogik pharmazie "
    "philosophie physik politikwissenschaft psychologie rechtswissenschaft "
    "rechtswissenschaften soziologie sprachwissenschaft statistik technik "
    "volkswirtschaftslehre vwl wirtschaft wirtschaftsinformatik wirtschaftsingenieurwesen "
    "wirtschaftswissenschaften biochimie chimie comptabilite droit economie gestion genie "
    "histoire informatique lettres mathematiques mecanique medecine physique sociologie "
    "statistique biologia administracion arquitectura ciencias comunicacion contabilidad "
    "derecho economia educacion empresariales enfermeria farmacia filologia filosofia fisica "
    "historia informatica ingenieria matematicas medicina periodismo psicologia quimica "
    "telecomunicaciones turismo architettura chimica giurisprudenza ingegneria lettere "
    "matematica scienze statistica storia bedrijfskunde bestuurskunde bouwkunde communicatie "
    "geneeskunde geschiedenis natuurkunde rechten rechtsgeleerdheid scheikunde sterrenkunde "
    "techniek technologie werktuigbouwkunde wiskunde architektura automatyka budownictwo "
    "chemia ekonomia elektronika elektrotechnika finanse fizyka informatyka inzynieria "
    "lekarski matematyka mechanika medycyna pedagogika prawo psychologia rachunkowosc "
    "robotyka socjologia telekomunikacja zarzadzanie"
)
_WORDS = re.compile(r"[\w.'’-]+")

CONTACT_LABELS: dict[str, str] = {
    label: field
    for field, labels in {
        "email": "email; e-mail; mail; e-mail address; email address; correo; "
        "correo electronico; courriel; adres e-mail; posta elettronica; mel; e-mail-adresse; "
        "correo-e; e mail; eposta; e-post",
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
        "name": "name; nom; nombre; nome; naam; imie i nazwisko; full name; nome / cognome; "
        "nome e cognome; nome/cognome; vor- und nachname; vorname nachname; nom et prenom; "
        "prenom et nom; nombre y apellidos; nazwisko i imie",
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
_FIELD_SET = frozenset(_FIELDS.split())
_SCHOOL_SET, _DEGREE_SET = frozenset(_SCHOOLS.split()), frozenset(_DEGREES.split())
_SCHOOL_PARTS = ("universit", "uniwersyt", "hochschul", "schule", "akademi", "institut", "politec")
_SCHOOL_ENDS = ("schule", "hochschule", "universitat", "gymnasium", "kolleg", "skola", "egyetem")


def _words_of(text: str) -> list[str]:
    """The folded words; of one with dots inside ("s.a") also the form without them."""
    found = [word.strip(".'-") for word in _WORDS.findall(folded(text))]
    return found + [word.replace(".", "") for word in found if "." in word and len(word) < 8]


def names_role(text: str) -> bool:
    """Whether `text` has a word for what somebody does."""
    parts = [part for word in _words_of(text) for part in (word, *word.split("-"))]
    return any(part in _ROLE_SET or part.endswith(_COMPOUND_ENDS) for part in parts)


def is_role_alone(text: str) -> bool:
    """Whether `text` is a role of at most three words, the last of which names it."""
    found = _words_of(text)
    return 0 < len(found) <= 3 and names_role(found[-1])


def names_company(text: str) -> bool:
    """Whether `text` has a word that only organisations carry."""
    found = _words_of(without_region_code(text))
    return any(word in _COMPANY_SET or word in _SCHOOL_SET or _is_school(word) for word in found)


def names_school(text: str) -> bool:
    """Whether `text` has a word for a place of study."""
    return any(word in _SCHOOL_SET or _is_school(word) for word in _words_of(text))


def _is_school(word: str) -> bool:
    return word.startswith(_SCHOOL_PARTS) or word.endswith(_SCHOOL_ENDS)


def names_field(text: str) -> bool:
    """Whether `text` has a word for a field of study."""
    return any(word in _FIELD_SET for word in _words_of(text))


def names_degree(text: str) -> bool:
    """Whether `text` has a word for a degree."""
    return any(word in _DEGREE_SET for word in _words_of(text))

"""Words that are no terms: of grammar, and of vacancies in general.

In English, German, French, Spanish, Italian, Dutch and Polish; folded (lower case, no
accents).
"""

_LISTED = {
    "en": """a about above across after all also an and any are as at be been being between both
        but by can could did do does each etc for from had has have having he her his how i if in
        into is it its least like may more most must my new no non not of off on one only or other
        our out over own per plus s she should so some such than that the their them then there
        these they this those through to too two under up us very was we well were what when where
        which while who whose will with within without would you your""",
    "de": """aber alle als am an auch auf aus bei beim bereits bis bzw da damit dann das dass dein
        dem den der des dich die dies diese dieser dir du durch ein eine einem einen einer eines er
        es euch eure fur gegen hat haben ich ihr ihre im in ins ist ja kann kein keine mehr mit
        nach nicht noch nur ob oder ohne pro sehr sein sich sie sind so sowie uber um und uns unser
        unsere unter vom von vor war was weitere wenn wer werden wie wir wird zu zum zur zwischen
        gern gerne idealerweise""",
    "fr": """a afin ainsi au aux avec c ce ces cet cette chez comme d dans de des donc du elle en
        entre est et etre eux il ils j je l la le les leur leurs lors mais meme n ne nos notre nous
        on ont ou par pas plus pour qu que qui s sa sans se ses si son sont sous sur ta te tes tout
        toute toutes tous tres tu un une vers vos votre vous y""",
    "es": """al algo ante como con contra cual cuando de del desde donde e el ella ellos en entre
        era es esta este esto la las le les lo los mas me mi muy ni no nos nuestra nuestro o otra
        otro para pero por que se sea ser si sin sobre son su sus tambien te tu tus un una unos y
        ya""",
    "it": """a ad agli ai al alla alle allo anche c che chi ci come con cui da dagli dai dal dalla
        degli dei del dell della delle di e ed gli ha hanno i il in io l la le lo loro ma mi ne
        negli nei nel nella nelle noi non nostra nostro o per piu presso se si sia sono su sua suo
        sul sulla tra tu un una uno vi voi""",
    "nl": """aan al als bij dan dat de deze die dit door een eigen en er ga geen het hij hoe ik in
        is je jij jouw kan maar meer met mij mijn na naar niet nog of om onder ons onze ook op over
        te tot tussen u uit uw van veel voor was wat we wel wie wij worden zal ze zich zij zijn
        zonder zoals""",
    "pl": """a aby albo ale bez bedzie by byc co czy dla do go i ich im innych ja jak jako je jego
        jej jest jestem jesli juz ktora ktore ktory lub ma mi mnie na nam nas nasz nasze nie niz o
        od on ona oraz po pod przed przez przy sa sie ta tak tego tej ten to tych tym u w we wraz z
        za ze""",
}

STOP_WORDS = frozenset(word for listed in _LISTED.values() for word in listed.split())
"""Words of grammar in all seven languages."""


_VACANCY_WORDS = """
    ability able advantage applicant applicants application apply around based beneficial benefit
    benefits bonus candidate candidates career collaborate company comparable competitive
    completed current day days degree demonstrated desirable develop division employee employees
    employer employment ensure enthusiastic environment equal equivalent essential excellent
    experience experienced expert expertise familiar familiarity field fluent full full-time good
    great hands-on help high ideal ideally include including independent interest involves
    job join junior keen key know knowledge level looking maintain maximum mid mid-level minimum
    month months motivated necessary need nice offer opportunity optimize part part-time passion
    passionate people permanent person plus position practical preferred professional proficiency
    proficient profile proven qualification qualifications related relevant remote required
    requirement requirements responsibilities responsibility responsible role salary seek seeking
    senior similar skill skilled skills solid strong successful support task tasks team teams time
    track understanding use using various vacancy week weeks willing willingness work working world
    year years
    abgeschlossen abgeschlossene abgeschlossenes angebot arbeit arbeiten arbeitest arbeitsumfeld
    aufgabe aufgaben ausgepragte bereich berufserfahrung bewerbung bieten bringst deine deinen
    eigenverantwortlich einsatz erfahrung erfahrungen erste fahigkeit fahigkeiten fundierte
    gesucht gute guten idealerweise jahr jahre jahren kenntnis kenntnisse kenntnissen mehrjahrige
    mitarbeit mitarbeiter mitarbeiterin mitbringen mindestens motivation profil sehr selbststandig
    selbststandige sichere sicherer sicheren stelle suchen team teams tatigkeit umgang unternehmen
    unterstutzung verantwortung verfugst vergleichbar vergleichbare vergleichbares voraussetzung
    vorteil wunschenswert zusammenarbeit
    an annee annees ans aptitude atout bon bonne capacite competence competences connaissance
    connaissances contrat emploi entreprise equipe equipes excellente experience experiences
    maitrise metier minimum mission missions niveau offre poste profil qualite recherche
    recherchons recherchee souhaite souhaitee travail travailler
    ano anos buscamos candidato capacidad conocimiento conocimientos dominio empleo empresa equipo
    equipos experiencia funciones habilidad habilidades imprescindible minimo nivel oferta oferta
    ofrecemos perfil persona puesto requisito requisitos responsabilidades trabajo valorable
    anni anno azienda buona buone capacita cerchiamo competenze conoscenza conoscenze esperienza
    esperienze figura lavoro livello minimo offerta offriamo ottima posizione preferibile profilo
    requisiti richiesta richiesto risorsa
    aanbod baan bedrijf bieden denkniveau ervaring functie functie-eisen goede jaar kandidaat
    kennis minimaal niveau plaats pre vacature vaardigheden werk werken werkervaring zoeken
    dobra dobre doswiadczenie doswiadczenia firma firmy lat mile minimum oferta oferujemy
    osoba osoby praca pracy poszukujemy stanowisko umiejetnosc umiejetnosci wiedza widziane
    wymagania wymagane zakres zespol zespole zespolu znajomosc
    """

VACANCY_WORDS = frozenset(_VACANCY_WORDS.split())
"""Words that most vacancies have, whatever the post."""

"""Names of skills, a small vocabulary of our own, dedicated to the public domain (CC0 1.0).

Skills are parted by semicolons; other names of the same skill follow after `=`. It need
not be complete: terms are also found by their form and frequency (`terms.py`). It says
which words are one skill together, and which names mean the same.
"""

_IT = """
    JavaScript=JS=ECMAScript; TypeScript=TS; Python; Java; C; C++=cpp; C#=c sharp; Objective-C;
    Go=Golang; Rust; Ruby; PHP; Perl; Swift; Kotlin; Scala; R; MATLAB; Julia; Haskell; Elixir;
    Erlang; Clojure; Lua; Dart; Groovy; COBOL; Fortran; ABAP; VBA=Visual Basic; Bash=shell
    scripting; PowerShell; Assembly; HTML=HTML5=HTML 5; CSS=CSS3=CSS 3; Sass=SCSS; SQL; NoSQL;
    PL/SQL; T-SQL; GraphQL; XML; JSON; YAML; LaTeX; React=React.js=ReactJS; Angular=Angular.js=
    AngularJS; Vue=Vue.js=VueJS; Svelte; Next.js=NextJS; Node.js=NodeJS=Node;
    Express.js=Express; jQuery; Bootstrap; Tailwind; Redux; Django; Flask; FastAPI; Ruby on
    Rails=Rails; Laravel; Symfony; Spring Boot; Spring; Hibernate; .NET=dotnet; ASP.NET;
    Flutter; React Native; Unity; Unreal Engine; PostgreSQL=Postgres; MySQL; MariaDB; SQLite;
    Oracle Database; SQL Server=MS SQL; MongoDB=Mongo; Redis; Cassandra; Elasticsearch;
    DynamoDB; Neo4j; Kafka=Apache Kafka; RabbitMQ; Spark=Apache Spark=PySpark; Hadoop;
    Airflow=Apache Airflow; Snowflake; BigQuery; Databricks; dbt; AWS=Amazon Web Services;
    Azure=Microsoft Azure; Google Cloud=GCP=Google Cloud Platform; EC2; S3; Lambda; Firebase;
    Heroku; Docker; Kubernetes=K8s; Helm; Terraform; Ansible; Puppet; Jenkins; GitHub Actions;
    GitLab CI; CI/CD=continuous integration=continuous delivery=continuous deployment; DevOps;
    Linux; Unix; Windows Server; Git; GitHub; GitLab; Subversion=SVN; JIRA; Confluence;
    REST=REST API=RESTful; SOAP; gRPC; microservices; serverless; OAuth; Nginx; Apache;
    Prometheus; Grafana; Splunk; web development; web applications; mobile development;
    front-end= frontend=front end; back-end=backend=back end; full-stack=full stack; software
    development; software engineering; software architecture; object-oriented programming=OOP;
    functional programming; design patterns; data structures; algorithms; distributed systems;
    embedded systems; operating systems; computer science; information technology; information
    security; cyber security=cybersecurity; penetration testing; cryptography; networking;
    TCP/IP; firewalls; system administration; database management; database design; data
    modelling=data modeling; cloud computing; virtualisation=virtualization; unit testing; test
    automation; quality assurance; test-driven development=TDD; code review; debugging; version
    control; Selenium; Cypress; Jest; pytest; JUnit; accessibility=WCAG; UI/UX=UX/UI; user
    experience=UX; user interface =UI; user research; usability testing; wireframing;
    prototyping; interaction design; responsive design; Figma; Sketch; Photoshop; Illustrator;
    InDesign; Adobe Creative Suite=Adobe Creative Cloud; AutoCAD; SolidWorks; Revit; Blender;
    blockchain; internet of things=IoT; robotics"""

_DATA = """
    machine learning=ML; deep learning; artificial intelligence=AI; natural language
    processing=NLP; computer vision; large language models=LLM=LLMs; reinforcement learning;
    neural networks; data science; data analysis=data analytics; data engineering; data
    visualisation=data visualization; data warehousing; data mining; data governance; big data;
    ETL; statistics; statistical analysis; statistical modelling; regression analysis; time
    series; A/B testing; hypothesis testing; business intelligence=BI; Tableau; Power BI;
    Looker; Excel=Microsoft Excel=MS Excel; pandas; NumPy; SciPy; scikit-learn; TensorFlow;
    PyTorch; Keras; SPSS; Stata; SAS; QGIS; ArcGIS; GIS; bioinformatics; experimental design"""

_BUSINESS = """
    project management; programme management=program management; product management; people
    management; team leadership; stakeholder management; change management; risk management;
    crisis management; time management; account management; relationship management; supply
    chain management=supply chain; inventory management; vendor management; contract management;
    facility management; event management; process improvement; process optimisation=process
    optimization; business development; business analysis; requirements analysis; business
    strategy; strategic planning; market research; competitive analysis; digital marketing;
    content marketing; email marketing; social media; social media marketing; search engine
    optimisation= SEO=search engine optimization; SEM; PPC; Google Analytics; Google Ads;
    copywriting; content creation; editing; proofreading; public relations; brand management;
    branding; e-commerce= ecommerce; Shopify; WordPress; sales; cold calling; lead generation;
    negotiation; customer service; customer support; customer success; CRM; Salesforce; HubSpot;
    SAP; SAP HANA; ERP; Oracle; Agile; Scrum; Kanban; Lean; Six Sigma; PRINCE2; PMP; ITIL; ISO
    9001; ISO 27001; GDPR= DSGVO=RGPD; compliance; auditing; procurement; logistics; purchasing;
    operations management; budgeting; forecasting; cost control; financial analysis; financial
    modelling=financial modeling; financial reporting; accounting; bookkeeping; payroll;
    taxation; treasury; IFRS; US GAAP=GAAP; controlling; DATEV; QuickBooks; investment analysis;
    portfolio management; due diligence; mergers and acquisitions=M&A; underwriting;
    recruiting=recruitment; talent acquisition; onboarding; performance management; training and
    development; human resources=HR; employment law; contract law; intellectual property; legal
    research; public speaking; presentation skills; Microsoft Office=MS Office; PowerPoint;
    Word; Outlook; Google Workspace=G Suite; data entry; office administration; executive
    assistance; minute taking; fundraising; grant writing; volunteer management; translation;
    interpreting; teaching; curriculum development; lesson planning; classroom management;
    coaching; mentoring"""

_CARE_AND_TRADES = """
    patient care; acute care; intensive care; critical care; palliative care; elderly care;
    primary care; wound care; infection control; medication administration; vital signs; triage;
    phlebotomy; first aid; CPR; electronic health records=EHR=electronic medical records;
    medical terminology; medical coding; HIPAA; care planning; case management; discharge
    planning; mental health; physiotherapy; occupational therapy; pharmacology; clinical trials;
    clinical research; good clinical practice; good manufacturing practice=GMP; laboratory
    techniques; PCR; ELISA; HPLC; mass spectrometry; cell culture; flow cytometry; microscopy;
    molecular biology; organic chemistry; process engineering; mechanical engineering;
    electrical engineering; civil engineering; chemical engineering; industrial engineering;
    structural analysis; finite element analysis=FEA; CAD; CAM; CNC; PLC; 3D printing; injection
    moulding; welding; soldering; preventive maintenance; quality control; quality management;
    occupational safety=health and safety; HACCP; food safety; food preparation; menu planning;
    hospitality; housekeeping; barista; bartending; cash handling; point of sale=POS;
    merchandising; visual merchandising; warehouse operations; forklift; driving
    licence=driver's license=driver's licence=Führerschein=permis de conduire=patente B=prawo
    jazdy=rijbewijs; carpentry; plumbing; HVAC; electrical installation; construction
    management; site management; building information modelling=BIM; photography; video editing;
    motion graphics; sound design; graphic design; typography; illustration"""

_PERSONAL = """
    communication; teamwork=team work; leadership; problem solving=problem-solving; critical
    thinking; analytical thinking; creativity; adaptability; attention to detail; decision
    making; conflict resolution; organisational skills=organizational skills; interpersonal
    skills; emotional intelligence; customer orientation; multitasking; self-motivation"""

_OTHER_LANGUAGES = """
    Projektmanagement; Projektleitung; Softwareentwicklung; Webentwicklung; Datenbanken;
    Maschinelles Lernen; Künstliche Intelligenz; Datenanalyse; Qualitätssicherung;
    Qualitätsmanagement; Kundenbetreuung; Kundenservice; Vertrieb; Buchhaltung; Rechnungswesen;
    Personalwesen; Einkauf; Logistik; Lagerverwaltung; Pflege; Altenpflege; Krankenpflege;
    Wundversorgung; Maschinenbau; Elektrotechnik; Arbeitssicherheit; Teamfähigkeit;
    Kommunikationsfähigkeit; Führungserfahrung; gestion de projet; développement logiciel;
    développement web; bases de données; analyse de données; apprentissage automatique; service
    client; relation client; comptabilité; ressources humaines; gestion d'équipe; contrôle de
    gestion; soins infirmiers; travail d'équipe; esprit d'équipe; gestión de proyectos;
    desarrollo de software; desarrollo web; bases de datos; análisis de datos; aprendizaje
    automático; atención al cliente; contabilidad; recursos humanos; trabajo en equipo; ventas;
    gestione progetti=gestione di progetti; sviluppo software; sviluppo web; analisi dei dati;
    servizio clienti; contabilità; risorse umane; lavoro di squadra; vendite; projectmanagement;
    softwareontwikkeling; webontwikkeling; data-analyse; klantenservice; boekhouding;
    personeelszaken; samenwerken; verkoop; zarządzanie projektami; tworzenie oprogramowania;
    bazy danych; analiza danych; uczenie maszynowe; obsługa klienta; księgowość; zasoby ludzkie;
    praca zespołowa; sprzedaż"""


def _skills() -> dict[str, tuple[str, ...]]:
    listed = ";".join((_IT, _DATA, _BUSINESS, _CARE_AND_TRADES, _PERSONAL, _OTHER_LANGUAGES))
    groups = ([" ".join(name.split()) for name in row.split("=")] for row in listed.split(";"))
    return {names[0]: tuple(names) for names in groups if names[0]}


SKILLS = _skills()
"""All names of a skill, its usual one included, by its usual name."""

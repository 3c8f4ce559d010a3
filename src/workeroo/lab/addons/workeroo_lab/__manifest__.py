{
    "name": "Workeroo Lab",
    "summary": "Levers that provoke each limit of a server, in Workeroo's lab only",
    "version": "1.0",
    "category": "Hidden",
    "author": "Workeroo",
    "license": "LGPL-3",
    "depends": ["web", "bus"],
    "data": [
        "security/ir.model.access.csv",
        "data/lever.xml",
        "views/report.xml",
    ],
    "installable": True,
}

{
    "name": "Workeroo Agent",
    "summary": "Workers that are born warm and share their memory with the master",
    "version": "1.0",
    "category": "Hidden",
    "author": "Workeroo",
    "license": "LGPL-3",
    "depends": ["base"],
    # Named in server_wide_modules it works for every database; there is nothing to install in one.
    "installable": False,
    "post_load": "prepare_workers",
}

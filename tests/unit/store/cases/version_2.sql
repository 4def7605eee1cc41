-- A project as version 2 of the schema has left it: dumped, with ROOT for its folder.
-- The same, with what the second run has taken over from the first.
CREATE TABLE artifact (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        stage       TEXT NOT NULL,
        name        TEXT NOT NULL,
        uri         TEXT NOT NULL,
        kind        TEXT NOT NULL,
        size        INTEGER NOT NULL,  -- bytes
        sha256      TEXT NOT NULL,
        PRIMARY KEY (run, stage, name)
    ) WITHOUT ROWID;
INSERT INTO "artifact" VALUES('20260105T020000Z-aaaaaa','write','out','ROOT/data/2026-01-05/table.txt','file',12,'03321c600cd76f6f0556aae7ea446dc79530e1f8eed14bae1f47d6ee831871f9');
INSERT INTO "artifact" VALUES('20260106T020000Z-bbbbbb','write','out','ROOT/data/2026-01-06/table.txt','file',12,'03321c600cd76f6f0556aae7ea446dc79530e1f8eed14bae1f47d6ee831871f9');
CREATE TABLE attempt (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        stage       TEXT NOT NULL,
        number      INTEGER NOT NULL,  -- from 1, over all sessions of the run
        session     INTEGER NOT NULL,
        state       TEXT NOT NULL,
        began       REAL NOT NULL,
        ended       REAL,
        error       TEXT,
        traceback   TEXT,
        PRIMARY KEY (run, stage, number)
    ) WITHOUT ROWID;
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[0]',1,1,'success',1.79527833118154335023e+09,1.79527833120105695724e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[1]',1,1,'failed',1.79527833118161797522e+09,1.79527833144390678403e+09,'ValueError: not by 2','Traceback (most recent call last):
  File "ROOT/.ppc/runs/20260105T020000Z-aaaaaa/sizes_code/pipeline.py", line 17, in measure
    raise ValueError("not by 2")
ValueError: not by 2
');
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[1]',2,1,'failed',1.79527839150524497029e+09,1.79527839152033448217e+09,'ValueError: not by 2','Traceback (most recent call last):
  File "ROOT/.ppc/runs/20260105T020000Z-aaaaaa/sizes_code/pipeline.py", line 17, in measure
    raise ValueError("not by 2")
ValueError: not by 2
');
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','write',1,1,'success',1.79527833101101469987e+09,1.79527833118120360377e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','measure[0]',1,1,'success',1.79527839252536368375e+09,1.79527839262869048117e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','measure[1]',1,1,'success',1.79527839252543210983e+09,1.79527839267452144628e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','total',1,1,'success',1.79527839267483067513e+09,1.7952783926792788506e+09,NULL,NULL);
CREATE TABLE cached (  -- what later runs may take over (K1)
        run         TEXT NOT NULL,
        stage       TEXT NOT NULL,
        key         TEXT NOT NULL,
        from_run    TEXT,  -- where it was executed, if it was not in this run
        from_stage  TEXT,
        PRIMARY KEY (run, stage),
        FOREIGN KEY (run, stage) REFERENCES stage (run, id) ON DELETE CASCADE
    ) WITHOUT ROWID;
INSERT INTO "cached" VALUES('20260105T020000Z-aaaaaa','write','c0ddf0dae9dc237487e1e6833b2e6657139c9902f5b8955c0561b898660f207b',NULL,NULL);
INSERT INTO "cached" VALUES('20260106T020000Z-bbbbbb','write','c0ddf0dae9dc237487e1e6833b2e6657139c9902f5b8955c0561b898660f207b','20260105T020000Z-aaaaaa','write');
CREATE TABLE event (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        number      INTEGER NOT NULL,
        at          REAL NOT NULL,
        kind        TEXT NOT NULL,
        subject     TEXT,  -- a stage, a block or a hook
        detail      TEXT,  -- JSON
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',1,1.79527833094330382347e+09,'run_began',NULL,NULL);
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',2,1.7952783310105614662e+09,'loop_counted','for_each','{"items": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',3,1.79527833101102375981e+09,'attempt_started','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',4,1.79527833118124222752e+09,'attempt_succeeded','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',5,1.7952783311815505028e+09,'attempt_started','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',6,1.79527833118162274362e+09,'attempt_started','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',7,1.79527833120108819007e+09,'attempt_succeeded','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',8,1.79527833144393181795e+09,'attempt_failed','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',9,1.79527833144405627252e+09,'retry_waits','measure[1]','{"seconds": 60.0}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',10,1.79527839150498580932e+09,'retry_due','measure[1]',NULL);
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',11,1.79527839150526523585e+09,'attempt_started','measure[1]','{"attempt": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',12,1.79527839152035784717e+09,'attempt_failed','measure[1]','{"attempt": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',13,1.79527839152061533933e+09,'run_ended',NULL,'{"state": "failed"}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',1,1.79527839249755835531e+09,'run_began',NULL,NULL);
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',2,1.79527839251901125908e+09,'loop_counted','for_each','{"items": 2}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',3,1.79527839252506542198e+09,'stage_cached','write','{"run": "20260105T020000Z-aaaaaa", "stage": "write"}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',4,1.7952783925253703594e+09,'attempt_started','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',5,1.79527839252543687824e+09,'attempt_started','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',6,1.79527839262872815134e+09,'attempt_succeeded','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',7,1.79527839267455601693e+09,'attempt_succeeded','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',8,1.79527839267483758922e+09,'attempt_started','total','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',9,1.79527839267930817597e+09,'attempt_succeeded','total','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',10,1.79527839267949199672e+09,'run_ended',NULL,'{"state": "success"}');
CREATE TABLE run (
        id          TEXT PRIMARY KEY,
        pipeline    TEXT NOT NULL,
        source      TEXT NOT NULL,  -- as the user named the pipeline's file
        parameters  TEXT NOT NULL,  -- JSON object, defaults included
        moment      TEXT NOT NULL,  -- the run's instant (D1), ISO with offset
        state       TEXT NOT NULL,
        error       TEXT,
        degraded    INTEGER NOT NULL DEFAULT 0,
        hook_errors TEXT NOT NULL DEFAULT '[]',
        created     REAL NOT NULL,  -- seconds since the epoch, as all times here
        ended       REAL,
        sessions    INTEGER NOT NULL DEFAULT 1,  -- how often it was begun or resumed
        ir          TEXT NOT NULL   -- the pipeline of the last session
    ) WITHOUT ROWID;
INSERT INTO "run" VALUES('20260105T020000Z-aaaaaa','sizes','ROOT/pipeline.py','{"root": "ROOT/data", "rows": 3}','2026-01-05T00:00:00+00:00','failed',NULL,0,'[]',1.79527833094259405138e+09,1.79527839152061104771e+09,1,'{
  "ir_version": 1,
  "name": "sizes",
  "source": "pipeline.py",
  "description": "Sums.",
  "owner": null,
  "tags": [],
  "schedule": null,
  "timeout": null,
  "packages": [],
  "parameters": [
    {
      "name": "root",
      "type": {
        "kind": "scalar",
        "name": "str"
      },
      "required": true,
      "default": null,
      "constraints": {
        "ge": null,
        "gt": null,
        "le": null,
        "lt": null,
        "multiple_of": null,
        "min_length": null,
        "max_length": null,
        "pattern": null
      },
      "description": "",
      "span": {
        "file": "pipeline.py",
        "line": 28,
        "column": 11,
        "end_line": 28,
        "end_column": 20
      }
    },
    {
      "name": "rows",
      "type": {
        "kind": "scalar",
        "name": "int"
      },
      "required": false,
      "default": 3,
      "constraints": {
        "ge": null,
        "gt": null,
        "le": null,
        "lt": null,
        "multiple_of": null,
        "min_length": null,
        "max_length": null,
        "pattern": null
      },
      "description": "",
      "span": {
        "file": "pipeline.py",
        "line": 28,
        "column": 22,
        "end_line": 28,
        "end_column": 31
      }
    }
  ],
  "stages": [
    {
      "id": "write",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "write",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "value",
          "name": "rows",
          "type": {
            "kind": "scalar",
            "name": "int"
          },
          "value": {
            "kind": "parameter",
            "name": "rows"
          },
          "span": {
            "file": "pipeline.py",
            "line": 30,
            "column": 19,
            "end_line": 30,
            "end_column": 23
          }
        }
      ],
      "outputs": [
        {
          "name": "out",
          "artifact": "Dataset",
          "uri": {
            "parts": [
              {
                "kind": "parameter",
                "name": "root"
              },
              {
                "kind": "text",
                "text": "/"
              },
              {
                "kind": "run_date"
              },
              {
                "kind": "text",
                "text": "/table.txt"
              }
            ]
          },
          "span": {
            "file": "pipeline.py",
            "line": 7,
            "column": 22,
            "end_line": 7,
            "end_column": 42
          }
        }
      ],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 0,
        "delay": 0.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Writes.",
      "block": null,
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": true,
      "span": {
        "file": "pipeline.py",
        "line": 30,
        "column": 13,
        "end_line": 30,
        "end_column": 24
      }
    },
    {
      "id": "measure",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "measure",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "artifact",
          "name": "table",
          "artifact": "Dataset",
          "value": {
            "kind": "artifact",
            "stage": "write",
            "output": "out"
          },
          "span": {
            "file": "pipeline.py",
            "line": 32,
            "column": 24,
            "end_line": 32,
            "end_column": 29
          }
        },
        {
          "kind": "value",
          "name": "by",
          "type": {
            "kind": "scalar",
            "name": "int"
          },
          "value": {
            "kind": "item",
            "loop": "for_each",
            "name": "item",
            "field": null
          },
          "span": {
            "file": "pipeline.py",
            "line": 32,
            "column": 31,
            "end_line": 32,
            "end_column": 33
          }
        }
      ],
      "outputs": [],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 1,
        "delay": 60.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Reads; fails for the second item until it is mended.",
      "block": "for_each",
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": false,
      "span": {
        "file": "pipeline.py",
        "line": 32,
        "column": 16,
        "end_line": 32,
        "end_column": 34
      }
    },
    {
      "id": "total",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "total",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "value",
          "name": "sizes",
          "type": {
            "kind": "list",
            "item": {
              "kind": "scalar",
              "name": "int"
            }
          },
          "value": {
            "kind": "collected",
            "loop": "for_each",
            "of": {
              "kind": "result",
              "stage": "measure",
              "field": null
            }
          },
          "span": {
            "file": "pipeline.py",
            "line": 33,
            "column": 11,
            "end_line": 33,
            "end_column": 24
          }
        }
      ],
      "outputs": [],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 0,
        "delay": 0.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Adds.",
      "block": null,
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": false,
      "span": {
        "file": "pipeline.py",
        "line": 33,
        "column": 5,
        "end_line": 33,
        "end_column": 25
      }
    }
  ],
  "blocks": [
    {
      "kind": "loop",
      "id": "for_each",
      "parent": null,
      "items": [
        {
          "name": "item",
          "value": {
            "kind": "constant",
            "value": [
              1,
              2
            ]
          },
          "type": {
            "kind": "scalar",
            "name": "int"
          }
        }
      ],
      "key": null,
      "max_parallel": null,
      "span": {
        "file": "pipeline.py",
        "line": 31,
        "column": 10,
        "end_line": 31,
        "end_column": 26
      }
    }
  ],
  "on_exit": null,
  "on_failure": null,
  "modules": [
    {
      "kind": "extracted",
      "name": "pipeline",
      "file": "pipeline.py",
      "future_annotations": false,
      "runtime_names": [
        "Artifact"
      ],
      "statements": [
        {
          "text": "from pathlib import Path\n",
          "line": 1,
          "defines": [
            "Path"
          ],
          "needs": [],
          "local_imports": [],
          "is_import": true
        },
        {
          "text": "def write(rows: int, out: Artifact) -> int:\n    \"\"\"Writes.\"\"\"\n    Path(out.path).write_text(\"row\\n\" * rows)\n    return rows\n",
          "line": 6,
          "defines": [
            "write"
          ],
          "needs": [
            "Artifact",
            "Path"
          ],
          "local_imports": [],
          "is_import": false
        },
        {
          "text": "def measure(table: Artifact, by: int) -> int:\n    \"\"\"Reads; fails for the second item until it is mended.\"\"\"\n    if by == 2 and not Path(\"mended\").exists():\n        raise ValueError(\"not by 2\")\n    return len(Path(table.path).read_text()) * by\n",
          "line": 13,
          "defines": [
            "measure"
          ],
          "needs": [
            "Artifact",
            "Path"
          ],
          "local_imports": [],
          "is_import": false
        },
        {
          "text": "def total(sizes: list[int]) -> int:\n    \"\"\"Adds.\"\"\"\n    return sum(sizes)\n",
          "line": 21,
          "defines": [
            "total"
          ],
          "needs": [],
          "local_imports": [],
          "is_import": false
        }
      ]
    }
  ],
  "span": {
    "file": "pipeline.py",
    "line": 28,
    "column": 5,
    "end_line": 28,
    "end_column": 10
  }
}
');
INSERT INTO "run" VALUES('20260106T020000Z-bbbbbb','sizes','ROOT/pipeline.py','{"root": "ROOT/data", "rows": 3}','2026-01-06T00:00:00+00:00','success',NULL,0,'[]',1.79527839249690222738e+09,1.7952783926794886589e+09,1,'{
  "ir_version": 1,
  "name": "sizes",
  "source": "pipeline.py",
  "description": "Sums.",
  "owner": null,
  "tags": [],
  "schedule": null,
  "timeout": null,
  "packages": [],
  "parameters": [
    {
      "name": "root",
      "type": {
        "kind": "scalar",
        "name": "str"
      },
      "required": true,
      "default": null,
      "constraints": {
        "ge": null,
        "gt": null,
        "le": null,
        "lt": null,
        "multiple_of": null,
        "min_length": null,
        "max_length": null,
        "pattern": null
      },
      "description": "",
      "span": {
        "file": "pipeline.py",
        "line": 28,
        "column": 11,
        "end_line": 28,
        "end_column": 20
      }
    },
    {
      "name": "rows",
      "type": {
        "kind": "scalar",
        "name": "int"
      },
      "required": false,
      "default": 3,
      "constraints": {
        "ge": null,
        "gt": null,
        "le": null,
        "lt": null,
        "multiple_of": null,
        "min_length": null,
        "max_length": null,
        "pattern": null
      },
      "description": "",
      "span": {
        "file": "pipeline.py",
        "line": 28,
        "column": 22,
        "end_line": 28,
        "end_column": 31
      }
    }
  ],
  "stages": [
    {
      "id": "write",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "write",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "value",
          "name": "rows",
          "type": {
            "kind": "scalar",
            "name": "int"
          },
          "value": {
            "kind": "parameter",
            "name": "rows"
          },
          "span": {
            "file": "pipeline.py",
            "line": 30,
            "column": 19,
            "end_line": 30,
            "end_column": 23
          }
        }
      ],
      "outputs": [
        {
          "name": "out",
          "artifact": "Dataset",
          "uri": {
            "parts": [
              {
                "kind": "parameter",
                "name": "root"
              },
              {
                "kind": "text",
                "text": "/"
              },
              {
                "kind": "run_date"
              },
              {
                "kind": "text",
                "text": "/table.txt"
              }
            ]
          },
          "span": {
            "file": "pipeline.py",
            "line": 7,
            "column": 22,
            "end_line": 7,
            "end_column": 42
          }
        }
      ],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 0,
        "delay": 0.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Writes.",
      "block": null,
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": true,
      "span": {
        "file": "pipeline.py",
        "line": 30,
        "column": 13,
        "end_line": 30,
        "end_column": 24
      }
    },
    {
      "id": "measure",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "measure",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "artifact",
          "name": "table",
          "artifact": "Dataset",
          "value": {
            "kind": "artifact",
            "stage": "write",
            "output": "out"
          },
          "span": {
            "file": "pipeline.py",
            "line": 32,
            "column": 24,
            "end_line": 32,
            "end_column": 29
          }
        },
        {
          "kind": "value",
          "name": "by",
          "type": {
            "kind": "scalar",
            "name": "int"
          },
          "value": {
            "kind": "item",
            "loop": "for_each",
            "name": "item",
            "field": null
          },
          "span": {
            "file": "pipeline.py",
            "line": 32,
            "column": 31,
            "end_line": 32,
            "end_column": 33
          }
        }
      ],
      "outputs": [],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 1,
        "delay": 60.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Reads; fails for the second item until it is mended.",
      "block": "for_each",
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": false,
      "span": {
        "file": "pipeline.py",
        "line": 32,
        "column": 16,
        "end_line": 32,
        "end_column": 34
      }
    },
    {
      "id": "total",
      "body": {
        "kind": "python",
        "module": "pipeline",
        "function": "total",
        "installed": false,
        "aborts": false
      },
      "inputs": [
        {
          "kind": "value",
          "name": "sizes",
          "type": {
            "kind": "list",
            "item": {
              "kind": "scalar",
              "name": "int"
            }
          },
          "value": {
            "kind": "collected",
            "loop": "for_each",
            "of": {
              "kind": "result",
              "stage": "measure",
              "field": null
            }
          },
          "span": {
            "file": "pipeline.py",
            "line": 33,
            "column": 11,
            "end_line": 33,
            "end_column": 24
          }
        }
      ],
      "outputs": [],
      "result": {
        "kind": "scalar",
        "name": "int"
      },
      "after": [],
      "retry": {
        "retries": 0,
        "delay": 0.0,
        "backoff": 1.0,
        "max_delay": null,
        "jitter": 0.0
      },
      "timeout": 60.0,
      "owner": null,
      "tags": [],
      "description": "Adds.",
      "block": null,
      "fallback": null,
      "stands_in_for": null,
      "on_failure": null,
      "cache": false,
      "span": {
        "file": "pipeline.py",
        "line": 33,
        "column": 5,
        "end_line": 33,
        "end_column": 25
      }
    }
  ],
  "blocks": [
    {
      "kind": "loop",
      "id": "for_each",
      "parent": null,
      "items": [
        {
          "name": "item",
          "value": {
            "kind": "constant",
            "value": [
              1,
              2
            ]
          },
          "type": {
            "kind": "scalar",
            "name": "int"
          }
        }
      ],
      "key": null,
      "max_parallel": null,
      "span": {
        "file": "pipeline.py",
        "line": 31,
        "column": 10,
        "end_line": 31,
        "end_column": 26
      }
    }
  ],
  "on_exit": null,
  "on_failure": null,
  "modules": [
    {
      "kind": "extracted",
      "name": "pipeline",
      "file": "pipeline.py",
      "future_annotations": false,
      "runtime_names": [
        "Artifact"
      ],
      "statements": [
        {
          "text": "from pathlib import Path\n",
          "line": 1,
          "defines": [
            "Path"
          ],
          "needs": [],
          "local_imports": [],
          "is_import": true
        },
        {
          "text": "def write(rows: int, out: Artifact) -> int:\n    \"\"\"Writes.\"\"\"\n    Path(out.path).write_text(\"row\\n\" * rows)\n    return rows\n",
          "line": 6,
          "defines": [
            "write"
          ],
          "needs": [
            "Artifact",
            "Path"
          ],
          "local_imports": [],
          "is_import": false
        },
        {
          "text": "def measure(table: Artifact, by: int) -> int:\n    \"\"\"Reads; fails for the second item until it is mended.\"\"\"\n    if by == 2 and not Path(\"mended\").exists():\n        raise ValueError(\"not by 2\")\n    return len(Path(table.path).read_text()) * by\n",
          "line": 13,
          "defines": [
            "measure"
          ],
          "needs": [
            "Artifact",
            "Path"
          ],
          "local_imports": [],
          "is_import": false
        },
        {
          "text": "def total(sizes: list[int]) -> int:\n    \"\"\"Adds.\"\"\"\n    return sum(sizes)\n",
          "line": 21,
          "defines": [
            "total"
          ],
          "needs": [],
          "local_imports": [],
          "is_import": false
        }
      ]
    }
  ],
  "span": {
    "file": "pipeline.py",
    "line": 28,
    "column": 5,
    "end_line": 28,
    "end_column": 10
  }
}
');
CREATE TABLE stage (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        id          TEXT NOT NULL,  -- in a loop with the index, `train[0]`
        state       TEXT NOT NULL,
        attempts    INTEGER NOT NULL DEFAULT 0,
        returned    TEXT,           -- JSON object: its result, record fields, references of artifacts
        PRIMARY KEY (run, id)
    ) WITHOUT ROWID;
INSERT INTO "stage" VALUES('20260105T020000Z-aaaaaa','measure[0]','success',1,'{"result": 12}');
INSERT INTO "stage" VALUES('20260105T020000Z-aaaaaa','measure[1]','failed',2,NULL);
INSERT INTO "stage" VALUES('20260105T020000Z-aaaaaa','total','upstream_failed',0,NULL);
INSERT INTO "stage" VALUES('20260105T020000Z-aaaaaa','write','success',1,'{"result": 3, "out": {"uri": "ROOT/data/2026-01-05/table.txt", "kind": "file", "size": 12, "sha256": "03321c600cd76f6f0556aae7ea446dc79530e1f8eed14bae1f47d6ee831871f9"}}');
INSERT INTO "stage" VALUES('20260106T020000Z-bbbbbb','measure[0]','success',1,'{"result": 12}');
INSERT INTO "stage" VALUES('20260106T020000Z-bbbbbb','measure[1]','success',1,'{"result": 24}');
INSERT INTO "stage" VALUES('20260106T020000Z-bbbbbb','total','success',1,'{"result": 36}');
INSERT INTO "stage" VALUES('20260106T020000Z-bbbbbb','write','success',0,'{"result": 3, "out": {"uri": "ROOT/data/2026-01-06/table.txt", "kind": "file", "size": 12, "sha256": "03321c600cd76f6f0556aae7ea446dc79530e1f8eed14bae1f47d6ee831871f9"}}');
CREATE INDEX run_by_pipeline ON run (pipeline, created);
CREATE INDEX run_by_time ON run (created);
CREATE INDEX cached_by_key ON cached (key);
PRAGMA application_id = 1886413617;
PRAGMA user_version = 2;

-- A project as version 1 of the schema has left it: dumped, with ROOT for its folder.
-- A run that has failed for an item of a loop, and one that has succeeded.
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
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[0]',1,1,'success',1.79527825924319338803e+09,1.79527825926529455181e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[1]',1,1,'failed',1.79527825924326801297e+09,1.79527825940578794478e+09,'ValueError: not by 2','Traceback (most recent call last):
  File "ROOT/.ppc/runs/20260105T020000Z-aaaaaa/sizes_code/pipeline.py", line 17, in measure
    raise ValueError("not by 2")
ValueError: not by 2
');
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','measure[1]',2,1,'failed',1.79527831946851587291e+09,1.79527831951333737372e+09,'ValueError: not by 2','Traceback (most recent call last):
  File "ROOT/.ppc/runs/20260105T020000Z-aaaaaa/sizes_code/pipeline.py", line 17, in measure
    raise ValueError("not by 2")
ValueError: not by 2
');
INSERT INTO "attempt" VALUES('20260105T020000Z-aaaaaa','write',1,1,'success',1.79527825909014391897e+09,1.79527825924286484719e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','measure[0]',1,1,'success',1.79527832567030572888e+09,1.79527832569949102404e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','measure[1]',1,1,'success',1.79527832567037963864e+09,1.79527832605554699902e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','total',1,1,'success',1.79527832605605387685e+09,1.79527832608829092985e+09,NULL,NULL);
INSERT INTO "attempt" VALUES('20260106T020000Z-bbbbbb','write',1,1,'success',1.79527832532331395147e+09,1.79527832566997313503e+09,NULL,NULL);
CREATE TABLE event (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        number      INTEGER NOT NULL,
        at          REAL NOT NULL,
        kind        TEXT NOT NULL,
        subject     TEXT,  -- a stage, a block or a hook
        detail      TEXT,  -- JSON
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',1,1.79527825903715062142e+09,'run_began',NULL,NULL);
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',2,1.795278259089867115e+09,'loop_counted','for_each','{"items": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',3,1.79527825909015107154e+09,'attempt_started','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',4,1.79527825924291563036e+09,'attempt_succeeded','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',5,1.79527825924320054047e+09,'attempt_started','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',6,1.79527825924327301973e+09,'attempt_started','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',7,1.79527825926531600956e+09,'attempt_succeeded','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',8,1.79527825940581607817e+09,'attempt_failed','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',9,1.79527825940595412261e+09,'retry_waits','measure[1]','{"seconds": 60.0}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',10,1.79527831946825027461e+09,'retry_due','measure[1]',NULL);
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',11,1.79527831946853613852e+09,'attempt_started','measure[1]','{"attempt": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',12,1.79527831951336240773e+09,'attempt_failed','measure[1]','{"attempt": 2}');
INSERT INTO "event" VALUES('20260105T020000Z-aaaaaa',13,1.7952783195136611462e+09,'run_ended',NULL,'{"state": "failed"}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',1,1.79527832524535012241e+09,'run_began',NULL,NULL);
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',2,1.79527832532301378251e+09,'loop_counted','for_each','{"items": 2}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',3,1.79527832532332396507e+09,'attempt_started','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',4,1.79527832567002129551e+09,'attempt_succeeded','write','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',5,1.79527832567031264306e+09,'attempt_started','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',6,1.79527832567038440709e+09,'attempt_started','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',7,1.79527832569953536986e+09,'attempt_succeeded','measure[0]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',8,1.79527832605559825897e+09,'attempt_succeeded','measure[1]','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',9,1.79527832605606460568e+09,'attempt_started','total','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',10,1.79527832608832621573e+09,'attempt_succeeded','total','{"attempt": 1}');
INSERT INTO "event" VALUES('20260106T020000Z-bbbbbb',11,1.79527832608853626255e+09,'run_ended',NULL,'{"state": "success"}');
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
INSERT INTO "run" VALUES('20260105T020000Z-aaaaaa','sizes','ROOT/pipeline.py','{"root": "ROOT/data", "rows": 3}','2026-01-05T00:00:00+00:00','failed',NULL,0,'[]',1.79527825902741432185e+09,1.79527831951365733145e+09,1,'{
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
INSERT INTO "run" VALUES('20260106T020000Z-bbbbbb','sizes','ROOT/pipeline.py','{"root": "ROOT/data", "rows": 3}','2026-01-06T00:00:00+00:00','success',NULL,0,'[]',1.79527832522389674185e+09,1.79527832608853244776e+09,1,'{
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
INSERT INTO "stage" VALUES('20260106T020000Z-bbbbbb','write','success',1,'{"result": 3, "out": {"uri": "ROOT/data/2026-01-06/table.txt", "kind": "file", "size": 12, "sha256": "03321c600cd76f6f0556aae7ea446dc79530e1f8eed14bae1f47d6ee831871f9"}}');
CREATE INDEX run_by_pipeline ON run (pipeline, created);
CREATE INDEX run_by_time ON run (created);
PRAGMA application_id = 1886413617;
PRAGMA user_version = 1;

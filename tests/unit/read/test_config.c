/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "base/st.h"

static void read_as(struct told *t, const char *name, const char *text)
{
    assert_int_equal(told_run(t, name, slice_str(text)), ST_OK);
}

static void code_is_told_by_place(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        enum anomaly what;
    } cases[] = {
        {"config.json", "{\"auto_map\":{\"AutoModel\":\"me/repo--m.Net\"}}", ANOMALY_REMOTE_CODE},
        {"config.json", "{\"auto_map\":{\"AutoModel\":\"http://x/m.py\"}}", ANOMALY_REMOTE_CODE},
        {"config.json", "{\"auto_m\\u0061p\":{\"AutoModel\":\"m.Net\"}}", ANOMALY_LOCAL_CODE},
        {"a/tokenizer_config.json", "{\"auto_map\":{\"T\":[\"me/r--t.T\",null]}}",
         ANOMALY_REMOTE_CODE},
        {"config.json", "{\"custom_pipelines\":{\"p\":{\"impl\":\"me/r--p.P\",\"pt\":[\"A\"]}}}",
         ANOMALY_REMOTE_CODE},
        {"config.json", "{\"trust_remote_code\":true}", ANOMALY_LOCAL_CODE},
        {"model_config.json", "{\"a\":[{\"_target_\":\"os.system\"}]}", ANOMALY_CONFIG_CALL},
        {"model_index.json", "{\"_class_name\":[\"my.pipe\",\"P\"]}", ANOMALY_LOCAL_CODE},
        {"modules.json", "[{\"type\":\"other.Thing\",\"path\":\"\"}]", ANOMALY_LOCAL_CODE},
        {"modules.json", "[{\"type\":\"sentence_transformers.models.Pooling\",\"path\":\"../x\"}]",
         ANOMALY_SHARD_PATH},
        {"MLmodel", "flavors:\n  python_function:\n    loader_module: evil\n", ANOMALY_LOCAL_CODE},
        {"model.yaml", "a:\n  - _target_: 'subprocess.run'\n", ANOMALY_CONFIG_CALL},
        {"model.yml", "a: !!python/object/apply:os.system ['id']\n", ANOMALY_CONFIG_CALL},
        {"config.json", "{\"a\":1", ANOMALY_MALFORMED},
        {"config.json", "{\"auto_map\":{},\"auto_map\":{}}", ANOMALY_SAFETENSORS_DUPLICATE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_as(&t, cases[i].name, cases[i].text);
        if (!told_anomaly(&t, cases[i].what)) print_error("case %zu: %s\n", i, cases[i].text);
        assert_anomaly(&t, cases[i].what);
        told_done(&t);
    }
}

static void honest_files_are_quiet(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"config.json", "{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\","
                        "\"max_position_embeddings\":4096,\"rope_theta\":Infinity}"},
        {"other.json", "{\"auto_map\":{\"A\":\"me/r--m.N\"}}"},
        {"tsconfig.json", "{ // a comment\n}"},
        {"modules.json", "[{\"idx\":0,\"name\":\"0\",\"path\":\"1_Pooling\","
                         "\"type\":\"sentence_transformers.models.Transformer\"}]"},
        {"MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"},
        {"conf.yaml", "model:\n  _target_: torch.nn.Linear\n  in: 3 # !!python/object\n"},
        {"model_index.json", "{\"_class_name\":\"StableDiffusionPipeline\","
                             "\"unet\":[\"diffusers\",\"UNet2DConditionModel\"]}"},
        {"notes.txt", "_target_: os.system\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_as(&t, cases[i].name, cases[i].text);
        if (t.anomalies) print_error("case %zu: %s\n", i, cases[i].text);
        assert_quiet(&t);
        told_done(&t);
    }
}

static void templates_have_many_homes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"chat_template\":\"{{ x }}\"}",
        "{\"chat_template\":[{\"name\":\"default\",\"template\":\"{{ x }}\"}]}",
        "{\"chat_template\":{\"default\":\"{{ x }}\"}}",
        "{\"chat_template\":\"{{ \\u0078 }}\"}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct told t;
        read_as(&t, "tokenizer_config.json", texts[i]);
        assert_told(&t, " TEXT 0 ");
        assert_told(&t, "={{ x }}\n");
        assert_quiet(&t);
        told_done(&t);
    }
}

static void indexes_name_their_files(void **state)
{
    (void)state;
    struct told t;
    read_as(&t, "model.safetensors.index.json",
            "{\"metadata\":{\"total_size\":1},\"weight_map\":"
            "{\"a\":\"m-1.safetensors\",\"b\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"}}");
    assert_quiet(&t);
    assert_told(&t, " REF weight_map=m-1.safetensors\n REF weight_map=m-2.safetensors\n");
    told_done(&t);
    static const char *const escapes[] = {"../x",       "/etc/passwd", "a/../../x", "..\\\\x",
                                          "http://x/y", "C:\\\\x",     "~/x"};
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"weight_map\":{\"a\":\"%s\"}}", escapes[i]);
        read_as(&t, "pytorch_model.bin.index.json", text);
        assert_anomaly(&t, ANOMALY_SHARD_PATH);
        told_done(&t);
    }
}

static void model_cards_fill_the_card(void **state)
{
    (void)state;
    struct told t;
    read_as(&t, "README.md",
            "---\nlicense: mit # really\nbase_model: \"a/b\"\n---\n# license: x\n");
    assert_told(&t, " CARD 4 mit");
    assert_told(&t, " CARD 12 a/b");
    assert_false(told_has(&t, " CARD 4 x"));
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    struct slice text = S("{\"auto_map\":{\"A\":\"m.N\"},\"chat_template\":[{\"name\":\"n\","
                          "\"template\":\"\\u007b{ x }}\"}],\"_target_\":\"os.system\"}");
    for (size_t n = 1; n < text.n; n++) { /* an empty file says nothing */
        struct told t;
        uint8_t *p = told_exact(slice_sub(text, 0, n));
        assert_int_equal(told_run(&t, "config.json", slice_of(p, n)), ST_OK);
        assert_anomaly(&t, ANOMALY_MALFORMED);
        told_done(&t);
        free(p);
    }
    sweep_flips("config.json", text);
    sweep_memory("config.json", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_told_by_place),     cmocka_unit_test(honest_files_are_quiet),
        cmocka_unit_test(templates_have_many_homes), cmocka_unit_test(indexes_name_their_files),
        cmocka_unit_test(model_cards_fill_the_card), cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

{# staging: one schema for everything, which is then published from there.
   prod: each layer in its own schema. Anywhere else: dbt's own rule. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if target.name == 'staging' -%}
        {{ target.schema }}
    {%- elif target.name == 'prod' -%}
        {{ (custom_schema_name or target.schema) | trim }}
    {%- else -%}
        {{ default__generate_schema_name(custom_schema_name, node) }}
    {%- endif -%}
{%- endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
    easel_{{ target.name }}{% if custom_schema_name %}_{{ custom_schema_name }}{% endif %}
{%- endmacro %}

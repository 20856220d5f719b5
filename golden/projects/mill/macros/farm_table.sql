{% macro farm_table(name) %}{{ return(source('farm', name)) }}{% endmacro %}

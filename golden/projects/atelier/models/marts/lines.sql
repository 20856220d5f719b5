{{ config(alias='Order Lines') }} select 1 as id
